// What was voted, and counted. The groups are those of landscape.json; every count is made from the rows.

const SEEN_BY = 12;
const TESTED_SHARE = 0.08;
const Z = 1.2816;

// Late votes left out, the last round of a pair kept: participant -> statement -> value, and everybody's channel.
function votesThatCount(rows) {
  const said = new Map();
  const channel = new Map();
  for (const [place, row] of rows.entries()) {
    const person = whole(row.participant, "votes.csv", place);
    const statement = whole(row.statement, "votes.csv", place);
    const round = whole(row.round, "votes.csv", place);
    const value = answer(row.vote, "votes.csv", place);
    if (row.late !== "0") continue;
    if (!said.has(person)) said.set(person, new Map());
    const own = said.get(person);
    if (!own.has(statement) || own.get(statement).round <= round) own.set(statement, { value, round });
    if (!channel.has(person) || channel.get(person).round <= round) channel.set(person, { name: row.channel, round });
  }
  const people = [...said.keys()].sort((a, b) => a - b);
  const statements = [...new Set([...said.values()].flatMap((own) => [...own.keys()]))].sort((a, b) => a - b);
  return { people, statements, said, channel: new Map([...channel].map(([person, { name }]) => [person, name])) };
}

// Who is in which group, as the record states it. Throws where it is not of these people.
function statedGroups(landscape, votes) {
  const { id, group } = landscape.people;
  if (id.join() !== votes.people.join()) throw new Unreadable("landscape.json: not the people of votes.csv");
  if (group.length !== id.length) throw new Unreadable("landscape.json: not everybody has a group or none");
  const ids = landscape.groups.map((own) => own.id);
  if (landscape.k !== ids.length) throw new Unreadable("landscape.json: not as many groups as it says");
  const strange = group.find((own) => own !== null && !ids.includes(own));
  if (strange !== undefined) throw new Unreadable(`landscape.json: there is no group ${strange}`);
  const of = new Map(id.map((person, place) => [person, group[place]]));
  const sizes = new Map(ids.map((own) => [own, group.filter((other) => other === own).length]));
  const placed = group.filter((own) => own !== null).length;
  const least = Math.max(SEEN_BY, TESTED_SHARE * placed);
  return { of, ids, sizes, placed, tested: ids.filter((own) => sizes.get(own) >= least) };
}

// Ticket-holders have a floor of their own where there are many of them, and open voices too.
const FEWEST_TICKETS = 100;

function haveOwnFloor(votes) {
  const open = votes.people.filter((person) => votes.channel.get(person) === "open").length;
  return open > 0 && votes.people.length - open >= FEWEST_TICKETS;
}

const none = () => ({ agree: 0, pass: 0, disagree: 0 });
const NAMES = { 1: "agree", 0: "pass", "-1": "disagree" };

// Counts of each statement, overall, per group and per channel.
function countsOf(votes, groups) {
  const channels = [...new Set(votes.channel.values())].sort();
  const found = Object.fromEntries(
    votes.statements.map((statement) => [
      statement,
      {
        ...none(),
        by_group: Object.fromEntries(groups.ids.map((group) => [group, none()])),
        by_channel: Object.fromEntries(channels.map((name) => [name, none()])),
      },
    ]),
  );
  for (const person of votes.people) {
    const group = groups.of.get(person);
    for (const [statement, { value }] of votes.said.get(person)) {
      const counts = found[statement];
      counts[NAMES[value]] += 1;
      counts.by_channel[votes.channel.get(person)][NAMES[value]] += 1;
      if (group !== null) counts.by_group[group][NAMES[value]] += 1;
    }
  }
  return found;
}

// Where counts by trait cannot be right, or tell of a few; "" = nowhere.
function traitFault({ by_trait = {} }, stated, everybody, counts) {
  const people = each(by_trait, (values) => each(values, (told) => told.people));
  if (canonical(people) !== canonical(stated)) return "landscape.json ≠ record.json";
  for (const [trait, values] of Object.entries(by_trait)) {
    const fault = tableFault(Object.values(people[trait]), everybody);
    if (fault) return `${trait}: ${fault}`;
    for (const [statement, total] of Object.entries(counts)) {
      const cells = Object.values(values).map((told) => told.by_statement[statement]);
      const more = Object.values(NAMES).some((name) => sumOf(cells.map((cell) => cell[name] ?? 0)) > total[name]);
      const shares = tableFault(cells.map((cell) => (cell.masked ? null : answers(cell))), answers(total));
      if (more || shares) return `${trait}, #${statement}: ${shares || MORE_THAN_ALL}`;
    }
  }
  return "";
}

const SMALLEST_TRAIT = 12;
const MORE_THAN_ALL = "> 100 %";
const sumOf = (numbers) => numbers.reduce((all, n) => all + n, 0);

// Of one table; null stands where a cell is withheld.
function tableFault(table, total) {
  const said = table.filter((n) => n !== null);
  const few = (n) => n > 0 && n < SMALLEST_TRAIT;
  const left = total - sumOf(said);
  if (left < 0) return MORE_THAN_ALL;
  return said.some(few) || (said.some(Boolean) && few(left)) ? `< ${SMALLEST_TRAIT}` : "";
}

const answers = (counts) => counts.agree + counts.pass + counts.disagree;

// Wilson's one-sided 90 % bounds of the support.
function boundsOf(counts) {
  const n = answers(counts);
  if (!n) return { lower: 0, upper: 1 };
  const share = counts.agree / n;
  const middle = share + (Z * Z) / (2 * n);
  const half = Z * Math.sqrt((share * (1 - share)) / n + (Z * Z) / (4 * n * n));
  const scale = 1 + (Z * Z) / n;
  return { lower: Math.max((middle - half) / scale, 0), upper: Math.min((middle + half) / scale, 1) };
}
