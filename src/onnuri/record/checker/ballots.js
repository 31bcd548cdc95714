// The ballots on the shortlist and on the slate, who of them is asked apart, and how each candidate stands.

const WHOLE = 0;
const lineNumber = (written, name, place) => (written === "*" ? WHOLE : whole(written, name, place));

// What one kind of ballot said: people in order, each one's answers by line, and their channel.
function ballotsOf(rows, kind, lines, basis) {
  const said = new Map();
  const channel = new Map();
  for (const row of rows) {
    if (row.ballot !== kind || !lines.includes(row.line)) continue;
    if (!said.has(row.row)) said.set(row.row, new Map());
    said.get(row.row).set(row.line, row.vote);
    channel.set(row.row, row.channel);
  }
  return { people: [...said.keys()].sort((a, b) => a - b), lines, said, channel, basis };
}

// An export has no ballots: the votes of placed people stand for them. What was filled in is not counted here.
function ballotsFromVotes(votes, groups, lines) {
  const people = votes.people.filter((person) => groups.of.get(person) !== null);
  const asked = new Set(lines);
  const said = new Map();
  for (const person of people) {
    const own = [...votes.said.get(person)].filter(([line]) => asked.has(line));
    said.set(person, new Map(own.map(([line, { value }]) => [line, value])));
  }
  return { people, lines, said, channel: votes.channel, basis: "imputed" };
}

// Voices without ticket or code decide only if the rules said so.
const decides = (ballots, rules) => (person) => rules.open_counts || ballots.channel.get(person) !== "open";

// Groups and channels among those who balloted, and which of them are large enough to be asked.
function sectionsOf(ballots, groups, rules) {
  const apart = groups.ids.length > 1 ? groups.ids : [];
  const found = apart.map((id) => {
    const members = ballots.people.filter((person) => groups.of.get(person) === id);
    return { name: `group ${id}`, members, tested: groups.tested.includes(id) && members.length > 0 };
  });
  const least = Math.max(SEEN_BY, TESTED_SHARE * ballots.people.filter(decides(ballots, rules)).length);
  for (const name of [...new Set(ballots.people.map((person) => ballots.channel.get(person)))].sort()) {
    const members = ballots.people.filter((person) => ballots.channel.get(person) === name);
    const counts = name !== "open" || rules.open_counts;
    found.push({ name: `channel ${name}`, members, tested: counts && members.length >= least });
  }
  return found;
}

// Groups that would be tested and of which nobody balloted.
function silentGroups(ballots, groups) {
  const tested = groups.ids.length > 1 ? groups.tested : [];
  const spoke = new Set(ballots.people.map((person) => groups.of.get(person)));
  return tested.filter((id) => !spoke.has(id)).sort((a, b) => a - b);
}

function countAmong(ballots, line, members) {
  const counts = none();
  for (const person of members) {
    const value = ballots.said.get(person).get(line);
    if (value !== undefined) counts[NAMES[value]] += 1;
  }
  return counts;
}

// Every candidate with its counts, the least support among those asked, and what kept it out; the best first.
function standingsOf(ballots, groups, rules, everyone) {
  const sections = sectionsOf(ballots, groups, rules);
  const counted = ballots.people.filter(decides(ballots, rules));
  const found = ballots.lines.map((line) => {
    const by = Object.fromEntries(sections.map((own) => [own.name, countAmong(ballots, line, own.members)]));
    const tested = sections.filter((own) => own.tested).map((own) => [own.name, by[own.name]]);
    const asked = tested.length ? tested : [["all", countAmong(ballots, line, counted)]];
    const [name, worst] = asked.reduce((one, two) => (isBefore(two, one) ? two : one));
    const weakest = supportOf(worst);
    const passes = !isLess(weakest, rules.threshold);
    const overall = ballots.basis === "imputed" ? everyone(line) : countAmong(ballots, line, ballots.people);
    return { line, overall, sections: by, weakest, passes, failsIn: passes ? null : name, tie: tieOf(line, rules) };
  });
  return found.sort((one, two) => byShare(two.weakest, one.weakest) || (one.tie < two.tie ? -1 : 1));
}

const isBefore = ([nameA, a], [nameB, b]) => (byShare(supportOf(a), supportOf(b)) || (nameA < nameB ? -1 : 1)) < 0;

// Ties fall by hash: by number alone the organiser's first statements would always win.
const tieOf = (line, rules) => sha256Hex(`${rules.digest}/${line}`);
