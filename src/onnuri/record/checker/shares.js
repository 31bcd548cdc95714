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
