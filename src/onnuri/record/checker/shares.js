// Exact shares, the Method of Equal Shares with Phragmen's on what is left, and the check on its result (EJR+).

const fraction = (over, under = 1n) => ({ over: BigInt(over), under: BigInt(under) });
const byShare = (a, b) => Number(a.over * b.under > b.over * a.under) - Number(a.over * b.under < b.over * a.under);
const isLess = (a, b) => byShare(a, b) < 0;

function supportOf(counts) {
  return answers(counts) ? fraction(counts.agree, answers(counts)) : fraction(0);
}

function lowest({ over, under }) {
  let [a, b] = [over < 0n ? -over : over, under];
  while (b) [a, b] = [b, a % b];
  return { over: over / a, under: under / a };
}

const slashed = (share) => `${lowest(share).over}/${lowest(share).under}`;
const shortest = (share) => slashed(share).replace(/\/1$/, "");

// "2/3", "0.5" or "1".
function shareOf(written) {
  const parts = /^(\d{1,4})(?:\/(\d{1,4})|\.(\d{1,4}))?$/.exec(String(written));
  if (!parts || Number(parts[2]) === 0) throw new Unreadable(`rules: ${JSON.stringify(written)} is not a share`);
  const decimals = parts[3] ?? "";
  return fraction(parts[1] + decimals, parts[2] ?? 10n ** BigInt(decimals.length));
}

// How many people approve exactly these candidates: they always hold the same budget.
function profileOf(ballots, people) {
  const found = new Map();
  for (const person of people) {
    const agreed = ballots.lines.filter((line) => ballots.said.get(person).get(line) === 1);
    const name = agreed.join();
    if (!found.has(name)) found.set(name, { approves: new Set(agreed), people: 0 });
    found.get(name).people += 1;
  }
  return [...found.values()];
}

// Budgets are whole numbers over one `unit`, which grows with every purchase: exact, and fast to compare.
function equalShares(profile, candidates, size, tie) {
  const voters = profile.reduce((sum, ballot) => sum + ballot.people, 0);
  const market = { unit: BigInt(voters), purses: profile.map((ballot) => ({ ...ballot, held: BigInt(size) })) };
  const chosen = [];
  const left = new Set(voters ? candidates : []);
  while (left.size && chosen.length < size) {
    const best = cheapest([...left], (line) => priceOf(market, line), tie);
    if (!best) break;
    chosen.push({ line: best.line, by: "equal shares", price: best.price });
    left.delete(best.line);
    pay(market, best.line, best.price);
  }
  return [...chosen, ...phragmen(market, left, size - chosen.length, tie)];
}

function cheapest(lines, price, tie) {
  const priced = lines.map((line) => ({ line, price: price(line), tie: tie(line) })).filter((own) => own.price);
  return priced.sort((a, b) => byShare(a.price, b.price) || (a.tie < b.tie ? -1 : 1))[0];
}

// The least that each supporter must be ready to pay, or null where all they have is too little.
function priceOf(market, line) {
  const purses = market.purses.filter((purse) => purse.approves.has(line));
  purses.sort((a, b) => Number(a.held > b.held) - Number(a.held < b.held));
  let need = market.unit;
  let people = BigInt(purses.reduce((sum, purse) => sum + purse.people, 0));
  for (const purse of purses) {
    if (purse.held * people >= need) return fraction(need, market.unit * people);
    need -= purse.held * BigInt(purse.people);
    people -= BigInt(purse.people);
  }
  return null;
}

function pay(market, line, price) {
  widen(market, price.under / market.unit);
  for (const purse of market.purses) {
    if (purse.approves.has(line)) purse.held = purse.held > price.over ? purse.held - price.over : 0n;
  }
}

function widen(market, times) {
  market.unit *= times;
  for (const purse of market.purses) purse.held *= times;
}

// Everybody earns at the same speed; a line is bought the moment its supporters hold one seat together.
function phragmen(market, left, seats, tie) {
  const chosen = [];
  let now = fraction(0);
  while (left.size && chosen.length < seats) {
    const best = cheapest([...left], (line) => waitFor(market, line), tie);
    if (!best) break;
    now = fraction(now.over * best.price.under + best.price.over * now.under, now.under * best.price.under);
    widen(market, best.price.under / market.unit);
    for (const purse of market.purses) purse.held = purse.approves.has(best.line) ? 0n : purse.held + best.price.over;
    chosen.push({ line: best.line, by: "phragmen", price: now });
    left.delete(best.line);
  }
  return chosen;
}

function waitFor(market, line) {
  const purses = market.purses.filter((purse) => purse.approves.has(line));
  const people = BigInt(purses.reduce((sum, purse) => sum + purse.people, 0));
  if (!people) return null;
  const held = purses.reduce((sum, purse) => sum + purse.held * BigInt(purse.people), 0n);
  return fraction(held > market.unit ? 0n : market.unit - held, market.unit * people);
}

// Every group of supporters that deserves `level` lines each and has fewer (Brill, Peters 2023).
function violationsOf(profile, candidates, slate, size) {
  const voters = profile.reduce((sum, ballot) => sum + ballot.people, 0);
  const having = (ballot) => slate.filter((line) => ballot.approves.has(line)).length;
  const found = [];
  for (const line of candidates.filter((own) => !slate.includes(own)).sort((a, b) => a - b)) {
    const supporters = profile.filter((ballot) => ballot.approves.has(line));
    for (let level = 1; level <= size; level += 1) {
      const people = supporters.filter((own) => having(own) < level).reduce((sum, own) => sum + own.people, 0);
      if (people && people * size >= level * voters) found.push({ candidate: line, level, people });
    }
  }
  return found;
}

// What equal shares bought; where another slate that is as fair embraces more, that one. Of each tested group and
// channel the share of people who agree with at least half of the lines: the lowest first, then the next (leximin).
const MOST_CANDIDATES = 20;
const MOST_SLATES = 40000;

function embracing(bought, ballots, sections, deciders, candidates, fair) {
  const size = bought.length;
  if (!size || candidates.length > MOST_CANDIDATES || choices(candidates.length, size) > MOST_SLATES) return bought;
  const worth = judge(ballots, sections, deciders, candidates, Math.max(1, Math.floor((size + 1) / 2)));
  const own = worth(bought.map(({ line }) => candidates.indexOf(line)));
  const better = [...slatesOf(candidates.length, size)].map(worth).filter((one) => byShares(one, own) < 0);
  better.sort((one, two) => byShares(one, two) || two.half - one.half || two.agreed - one.agreed);
  const best = better.map(({ slate }) => slate.map((at) => candidates[at])).find(fair);
  if (!best) return bought;
  const kept = bought.filter(({ line }) => best.includes(line));
  const added = best.filter((line) => !kept.some((one) => one.line === line));
  return [...kept, ...added.map((line) => ({ line, by: "leximin", price: fraction(0) }))];
}

// Each person's agreement is one number of twenty bits, so that a slate is weighed in a few steps a person.
function judge(ballots, sections, deciders, candidates, atLeast) {
  const masks = deciders.map((person) => maskOf(ballots, person, candidates));
  const tested = sections.filter((own) => own.tested && own.members.length).map((own) => new Set(own.members));
  const asked = tested.length ? tested : [new Set(deciders)];
  const inside = asked.map((members) => deciders.map((person) => Number(members.has(person))));
  const ones = new Uint8Array(2 ** candidates.length);
  for (let mask = 1; mask < ones.length; mask += 1) ones[mask] = ones[mask >> 1] + (mask & 1);
  return (slate) => {
    const wanted = slate.reduce((mask, at) => mask + 2 ** at, 0);
    const counts = asked.map(() => 0);
    let [half, agreed] = [0, 0];
    masks.forEach((mask, person) => {
      const own = ones[mask & wanted];
      agreed += own;
      if (own < atLeast) return;
      half += 1;
      for (let at = 0; at < counts.length; at += 1) counts[at] += inside[at][person];
    });
    const shares = counts.map((count, at) => count / asked[at].size).sort((a, b) => a - b);
    return { slate, shares, half, agreed };
  };
}

function maskOf(ballots, person, candidates) {
  return candidates.reduce((mask, line, at) => mask + (ballots.said.get(person).get(line) === 1 ? 2 ** at : 0), 0);
}

// Quotients of small whole numbers: equal shares are equal numbers. Below zero where the first embraces more.
function byShares(one, two) {
  const at = one.shares.findIndex((share, place) => share !== two.shares[place]);
  return at < 0 ? 0 : two.shares[at] - one.shares[at];
}

function* slatesOf(candidates, size, first = 0) {
  if (!size) yield [];
  for (let at = first; size && at <= candidates - size; at += 1) {
    for (const rest of slatesOf(candidates, size - 1, at + 1)) yield [at, ...rest];
  }
}

function choices(candidates, size) {
  let found = 1;
  for (let i = 1; i <= size; i += 1) found = (found * (candidates - size + i)) / i;
  return found;
}
