export class Compare { constructor(app, host) {} draw() {} }
