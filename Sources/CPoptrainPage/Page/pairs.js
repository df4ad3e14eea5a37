// Statistics of pairs: the same seed in two groups of runs.

/** What the differences of pairs say: their mean, and how likely such ones are where there is no difference. */
export function compared(differences) {
  const nonzero = differences.filter((difference) => difference !== 0);
  return {
    count: differences.length,
    mean: mean(differences),
    wins: nonzero.filter((difference) => difference > 0).length,
    losses: nonzero.filter((difference) => difference < 0).length,
    signP: signTest(nonzero),
    wilcoxonP: signedRankTest(nonzero),
  };
}

function mean(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

/** The exact sign test with two sides. */
function signTest(differences) {
  const count = differences.length;
  const fewer = Math.min(differences.filter((difference) => difference > 0).length, differences.filter((difference) => difference < 0).length);
  let [term, sum] = [0.5 ** count, 0];
  for (let k = 0; k <= fewer; k++) {
    sum += term;
    term *= (count - k) / (k + 1);
  }
  return Math.min(1, 2 * sum);
}

/** Wilcoxon's signed-rank test with two sides: exact, also with ties. */
function signedRankTest(differences) {
  const ranks = doubledRanks(differences.map(Math.abs));
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const positive = ranks.reduce((sum, rank, index) => sum + (differences[index] > 0 ? rank : 0), 0);
  const smaller = Math.min(positive, total - positive);
  // The share of all choices of signs with each sum.
  let shares = new Float64Array(total + 1);
  shares[0] = 1;
  for (const rank of ranks) {
    const next = new Float64Array(total + 1);
    for (let sum = 0; sum <= total; sum++) next[sum] = (shares[sum] + (sum >= rank ? shares[sum - rank] : 0)) / 2;
    shares = next;
  }
  return Math.min(1, 2 * shares.subarray(0, smaller + 1).reduce((sum, share) => sum + share, 0));
}

/** Twice the rank of each number; equals share the mean of their ranks. */
function doubledRanks(numbers) {
  return numbers.map((number) => {
    const below = numbers.filter((other) => other < number).length;
    const equal = numbers.filter((other) => other === number).length;
    return 2 * below + equal + 1;
  });
}
