export class Member { constructor(app, host) {} draw() {} }
