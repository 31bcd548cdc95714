// From the ballots to the outcome: slate, ratification, and the certificate as far as it follows from rows.

// The slate, how each line was bought, and whom it leaves unheard.
function slateOf(ballots, standings, rules, sections) {
  const admissible = standings.filter((own) => own.passes).map((own) => own.line);
  const deciders = ballots.people.filter(decides(ballots, rules));
  const profile = profileOf(ballots, deciders);
  const tie = new Map(standings.map((own) => [own.line, own.tie]));
  const bought = equalShares(profile, admissible, rules.size, (line) => tie.get(line));
  const fair = (slate) => !violationsOf(profile, admissible, slate, rules.size).length;
  const asked = sections.map((own) => ({ ...own, members: own.members.filter(decides(ballots, rules)) }));
  const chosen = embracing(bought, ballots, asked, deciders, admissible, fair);
  const lines = chosen.map((own) => own.line);
  return { chosen, lines, admissible, violations: violationsOf(profile, admissible, lines, rules.size) };
}

// Decided line by line and on the whole by the rules of the opening.
function ratificationOf(ballots, groups, lines, entitled, rules) {
  const balloted = ballots.people.filter(decides(ballots, rules)).length;
  const needed = fraction(rules.quorum.over * BigInt(entitled), rules.quorum.under);
  const quorum = balloted > 0 && !isLess(fraction(balloted), needed);
  const verdicts = lines.map((line) => verdictOn(line, ballots, groups, rules));
  const whole = verdictOn(WHOLE, ballots, groups, rules);
  const reasons = [];
  if (!lines.length) reasons.push("no_candidate");
  else if (!verdicts.some((own) => own.ratified)) reasons.push("no_line_ratified");
  if (!quorum) reasons.push("quorum");
  if (lines.length && !whole.ratified) reasons.push("whole_not_ratified");
  const conclusion = reasons.length ? [] : verdicts.filter((own) => own.ratified).map((own) => own.line);
  const silent_groups = silentGroups(ballots, groups);
  return { lines: verdicts, whole, balloted, entitled, quorum_met: quorum, conclusion, reasons, silent_groups };
}

function verdictOn(line, ballots, groups, rules) {
  const overall = countAmong(ballots, line, ballots.people.filter(decides(ballots, rules)));
  const sections = sectionsOf(ballots, groups, rules).map((own) => {
    return { ...own, where: own.name, counts: countAmong(ballots, line, own.members), needed: rules.ratify_group };
  });
  const everybody = { where: "all", counts: overall, needed: rules.ratify_overall };
  const asked = [everybody, ...sections.filter((own) => own.tested)];
  const missed = asked.filter(({ counts, needed }) => isLess(supportOf(counts), needed));
  return {
    line,
    overall: told(overall),
    sections: Object.fromEntries(sections.map((own) => [own.name, told(own.counts)])),
    ratified: !missed.length,
    misses: missed.map(({ where, counts, needed }) => {
      return { where, support: slashed(supportOf(counts)), needed: slashed(needed) };
    }),
  };
}

// ---- as the certificate writes it

const told = (counts) => ({ ...counts, n: answers(counts), support: slashed(supportOf(counts)), ...boundsOf(counts) });

function standingTold(own, basis) {
  return {
    id: own.line,
    basis: basis === "imputed" ? "observed" : basis,
    overall: told(own.overall),
    sections: Object.fromEntries(Object.entries(own.sections).map(([name, counts]) => [name, told(counts)])),
    weakest: slashed(own.weakest),
    passes: own.passes,
    fails_in: own.failsIn,
  };
}

function linesTold(slate, standings, ballots, floors, rules) {
  return slate.chosen.map((own) => ({
    ...standingTold(standings.find(({ line }) => line === own.line), ballots.basis),
    bought_by: own.by,
    price: shortest(own.price),
    ticket_holders: floors && ticketHoldersTold(own.line, ballots, floors(own.line), rules),
  }));
}

// What ticket-holders said of a line, and whether their own floor, taken as stated, objects: a flag, never a veto.
function ticketHoldersTold(line, ballots, floor, rules) {
  const counts = countAmong(ballots, line, ballots.people.filter((person) => ballots.channel.get(person) !== "open"));
  const tenThousandths = Math.round(floor * 10000);
  if (!Number.isInteger(tenThousandths)) return { ...told(counts), floor: null };
  return { ...told(counts), floor, objection: isLess(fraction(tenThousandths, 10000), rules.threshold) };
}

function agreedWith(ballots, lines) {
  return (person) => lines.filter((line) => ballots.said.get(person).get(line) === 1).length;
}

function coverageTold(ballots, lines) {
  const agreed = ballots.people.map(agreedWith(ballots, lines));
  const atLeast = (least) => agreed.filter((count) => count >= Math.max(least, 1)).length;
  return {
    people: agreed.length,
    lines: lines.length,
    at_least_one: atLeast(1),
    at_least_half: atLeast(Math.floor((lines.length + 1) / 2)),
    all: atLeast(lines.length),
    imputed_cells: 0,
  };
}

// Who agrees with none of the lines, by group, and the candidate that most of them agree with.
function notEmbracedTold(ballots, groups, lines) {
  const agreed = agreedWith(ballots, lines);
  const out = ballots.people.filter((person) => !agreed(person));
  const groupOf = (person) => groups.of.get(person) ?? null;
  return {
    people: out.length,
    of: ballots.people.length,
    by_group: [...groups.ids, null].map((group) => {
      const members = out.filter((person) => groupOf(person) === group);
      const all = ballots.people.filter((person) => groupOf(person) === group);
      return { group, people: members.length, of: all.length, note: noteOf(ballots, members) };
    }),
  };
}

function noteOf(ballots, members) {
  const agreed = ballots.lines.map((line) => countAmong(ballots, line, members).agree);
  const most = Math.max(0, ...agreed);
  return most ? ballots.lines[agreed.indexOf(most)] : null;
}

function tookPartTold(votes, groups, ballots, tickets) {
  const balloted = ballots.basis === "imputed" ? [] : ballots.people;
  const names = new Set([...votes.channel.values(), ...balloted.map((person) => ballots.channel.get(person))]);
  const by = (people, channel, name) => people.filter((person) => channel.get(person) === name).length;
  const channels = [...names].map((name) => {
    return [name, { voted: by(votes.people, votes.channel, name), balloted: by(balloted, ballots.channel, name) }];
  });
  return {
    voted: votes.people.length,
    balloted: balloted.length,
    tickets,
    placed: groups.placed,
    not_placed: votes.people.length - groups.placed,
    channels: Object.fromEntries(channels),
    groups: Object.fromEntries(groups.sizes),
    silent_groups: ballots.basis === "imputed" ? [] : silentGroups(ballots, groups),
  };
}
