// Every check in order. A finding: `part` of the page, `what`, `ok` (null = not checked here), `how`, `detail`.

const RECOMPUTED = "recomputed";
const MATCHES = "matches";
const ELSEWHERE = "elsewhere";
const AUDITOR = "auditor";
const NEEDED = ["record.json", "landscape.json", "slate.json", "log.csv", ...Object.keys(COLUMNS)];
const ROWS = ["votes.csv", "ballots.csv"];
const OUTSIDE_SUMS = ["SHA256SUMS", "signature.json", "record.html"];
const CERTIFICATE = [
  "basis", "lines", "candidates", "ejr_plus", "coverage", "not_embraced", "took_part", "ratification", "guarantee",
];
const ROUNDED = ["lower", "upper", "weakest"];
const COMPLETE = ["sections", "by_group", "by_channel", "channels"];
const ROUNDING = 2e-4;
const START = "0".repeat(64);

const finding = (part, what, ok, how, key = "", values = {}) => ({ part, what, ok, how, key, values });

// What is read once and asked by several checks; each piece throws Unreadable where the record is not one.
function opened(files) {
  const kept = new Map();
  const once = (name, make) => () => {
    if (!kept.has(name)) kept.set(name, make());
    return kept.get(name);
  };
  const record = {
    files,
    head: once("head", () => documentOf(files, "record.json")),
    landscape: once("landscape", () => documentOf(files, "landscape.json")),
    slate: once("slate", () => documentOf(files, "slate.json")),
    signed: once("signed", () => documentOf(files, "signature.json")),
    statements: once("statements", () => tableOf(files, "statements.csv")),
    lines: once("lines", () => tableOf(files, "lines.csv")),
    voteRows: once("vote rows", () => tableOf(files, "votes.csv")),
    ballotRows: once("ballot rows", () => tableOf(files, "ballots.csv")),
    digest: once("digest", () => sha256Hex(files.SHA256SUMS ?? "")),
    rules: once("rules", () => rulesOf(record.head().rules)),
    votes: once("votes", () => votesThatCount(record.voteRows())),
    groups: once("groups", () => statedGroups(record.landscape(), record.votes())),
    counts: once("counts", () => countsOf(record.votes(), record.groups())),
    candidates: once("candidates", () => record.lines().map((row, place) => whole(row.line, "lines.csv", place))),
    cast: once("cast", () => castOf(record.ballotRows())),
    ballots: once("ballots", () => shortlistOf(record)),
    standings: once("standings", () => {
      return standingsOf(record.ballots(), record.groups(), record.rules(), everyoneOf(record));
    }),
    chosen: once("chosen", () => slateOf(record.ballots(), record.standings(), record.rules(), sectionsOf(record.ballots(), record.groups(), record.rules()))),
    ratification: once("ratification", () => ratified(record)),
  };
  return record;
}

function rulesOf(document) {
  const names = ["threshold", "ratify_overall", "ratify_group", "quorum"];
  const shares = names.map((name) => [name, shareOf(document[name])]);
  return { ...document, ...Object.fromEntries(shares), digest: sha256Hex(canonical(document)) };
}

function castOf(rows) {
  return rows.map(({ ballot, row, channel, line, vote }, place) => ({
    ballot,
    row: whole(row, "ballots.csv", place),
    channel,
    line: lineNumber(line, "ballots.csv", place),
    vote: answer(vote, "ballots.csv", place),
  }));
}

const held = (record, kind) => record.head().chain.some((link) => link.what === `close ${kind}`);

function shortlistOf(record) {
  if (!held(record, "shortlist")) return ballotsFromVotes(record.votes(), record.groups(), record.candidates());
  return ballotsOf(record.cast(), "shortlist", record.candidates(), record.slate().basis);
}

function everyoneOf(record) {
  return (line) => {
    const { agree, pass, disagree } = record.counts()[line] ?? none();
    return { agree, pass, disagree };
  };
}

function ratified(record) {
  if (!held(record, "ratification")) return null;
  const asked = record.cast().filter((row) => row.ballot === "ratification").map((row) => row.line);
  const ballots = ballotsOf(record.cast(), "ratification", [...new Set(asked)], record.slate().basis);
  const votes = record.votes();
  const entitled = votes.people.filter((person) => record.rules().open_counts || votes.channel.get(person) !== "open");
  return ratificationOf(ballots, record.groups(), record.chosen().lines, entitled.length, record.rules());
}

// ---- the checks

const CHECKS = [
  checkFiles, checkSignature, checkRules, checkChain, checkTickets, checkPeople, checkCounts, checkTraits, checkBallots,
  checkTables, checkSlate, checkFairness, checkWhoTookPart, checkRatification, checkOutcome, checkTheRest,
];

// Where the rows are sealed only the totals are here: what follows from them is checked, and what does not is named.
const SEALED_CHECKS = [checkFiles, checkSignature, checkRules, checkSealed, checkTotals, checkWhatAuditorsHave];
const LEFT_TO_AUDITORS = ["chain", "counts", "ballots on the candidates", "slate", "ejr+", "who took part"];

const isSealed = (record) => {
  const { sealed } = record.head();
  return sealed !== null && typeof sealed === "object";
};

function checksOf(record) {
  try {
    return isSealed(record) ? SEALED_CHECKS : CHECKS;
  } catch {
    return CHECKS;
  }
}

// Yields one finding after the other, so that the page can draw between them.
async function* findingsOf(record) {
  const problems = new Set();
  for (const check of checksOf(record)) {
    try {
      yield* check(record);
    } catch ({ message }) {
      // A record of somebody else may hold anything: what cannot be read is a finding, said once.
      if (problems.has(message)) continue;
      problems.add(message);
      yield finding("files", "record can be read", false, RECOMPUTED, "problem", { problem: message });
    }
  }
}

function* checkFiles(record) {
  const { files } = record;
  const listed = new Map();
  for (const line of (files.SHA256SUMS ?? "").split("\n").filter(Boolean)) {
    listed.set(line.slice(66), line.slice(0, 64));
  }
  const needed = checksOf(record) === CHECKS ? NEEDED : NEEDED.filter((name) => !ROWS.includes(name));
  const missing = [...new Set([...listed.keys(), ...needed])].filter((name) => !(name in files)).join(", ");
  yield finding("files", "all files are there", !missing, MATCHES, missing ? "missing" : "", { names: missing });
  const strange = Object.keys(files).filter((name) => !listed.has(name) && !OUTSIDE_SUMS.includes(name)).join(", ");
  if (strange) yield finding("files", "no other files", false, MATCHES, "strange", { names: strange });
  for (const [name, digest] of [...listed].sort()) {
    if (!(name in files)) continue;
    const same = sha256Hex(files[name]) === digest;
    yield finding("files", `file ${name}`, same, MATCHES, same ? "" : "changed", { name });
  }
}

async function* checkSignature(record) {
  const signed = record.signed();
  const ok = await isSigned(signed, record.digest());
  const plain = JSON.stringify(signed, ["algorithm", "digest", "public_key", "signature"], 1);
  const only = record.files["signature.json"] === `${plain}\n`;
  yield finding("signature", "signature", ok && only, RECOMPUTED, ok ? (only ? "key" : "changed") : "unsigned", {
    name: "signature.json",
    key: ok ? fingerprintOf(signed.public_key) : "",
  });
}

async function isSigned(signed, digest) {
  const [key, signature] = [signed?.public_key, signed?.signature].map(plainBase64);
  if (!key || !signature || signed.digest !== digest || signed.algorithm !== "Ed25519") return false;
  return signatureHolds(key, signature, utf8(digest));
}

// Bytes, or null: one spelling only, since spare bits could be written otherwise.
function plainBase64(written) {
  try {
    const bytes = Uint8Array.from(atob(written), (letter) => letter.charCodeAt(0));
    return btoa(String.fromCharCode(...bytes)) === written ? bytes : null;
  } catch {
    return null;
  }
}

function fingerprintOf(key) {
  return hex(sha256(plainBase64(key) ?? new Uint8Array())).slice(0, 16);
}

async function* checkRules(record) {
  const head = record.head();
  const { digest } = record.rules();
  const same = digest === head.rules_digest;
  const values = { digest: digest.slice(0, 16) };
  yield finding("signature", "rules", same, RECOMPUTED, same ? "digest" : "other rules", values);
  if (head.mode !== "sitting") return;
  const sameKey = head.rules_signature?.public_key === record.signed().public_key;
  const ok = sameKey && (await isSigned(head.rules_signature, digest));
  yield finding("signature", "rules were signed at opening", ok, RECOMPUTED, ok ? "" : "other key");
}

// Who has the rows was named in the rules, and no small cell tells what the rows would.
function* checkSealed(record) {
  const head = record.head();
  const { rows, auditors = [] } = head.rules;
  const named = rows === "sealed" && auditors.length > 0 && canonical(auditors) === canonical(head.sealed.auditors);
  yield finding("rows", "auditors", named, MATCHES, named ? "auditors" : "other auditors", { names: auditors.join(", ") });
  const path = smallCellIn(head.certificate, "") ?? smallCellIn(record.landscape(), "");
  yield finding("rows", "small cells", !path, RECOMPUTED, path ? "small cell" : "", { path });
  if (head.tickets === null || head.tickets === undefined) return;
  const channels = Object.entries(head.certificate.took_part.channels).filter(([name]) => name !== "open");
  const values = { n: sumOf(channels.map(([, own]) => own.voted)), tickets: head.tickets };
  yield finding("rows", "voices <= tickets", values.n <= values.tickets, MATCHES, "tickets", values);
}

function smallCellIn(part, path) {
  if (part === null || typeof part !== "object") return null;
  if ("agree" in part && "disagree" in part) {
    const n = answers(part);
    if (n > 0 && n < 5) return path;
  }
  for (const [name, own] of Object.entries(part)) {
    const found = smallCellIn(own, `${path}/${name}`);
    if (found) return found;
  }
  return null;
}

// The arithmetic of what is stated: whether the counts are those of the ballots only the rows can tell.
function* checkTotals(record) {
  const head = record.head();
  const stated = head.certificate.ratification;
  if (stated) {
    const verdicts = [...stated.lines, stated.whole];
    for (const own of verdicts) {
      const what = own.line === WHOLE ? "ratification of the whole" : `ratification of line ${own.line}`;
      yield finding("ratification", what, addsUp(own, record.rules()), RECOMPUTED, ...totalsTold(own));
    }
    const needed = fraction(record.rules().quorum.over * BigInt(stated.entitled), record.rules().quorum.under);
    const met = stated.balloted > 0 && !isLess(fraction(stated.balloted), needed);
    const quorum = { key: met ? "quorum" : "no quorum", values: { n: stated.balloted, of: stated.entitled } };
    yield compared("ratification", "quorum", met, stated.quorum_met, quorum);
    const kept = met && stated.whole.ratified ? stated.lines.filter((own) => own.ratified).map((own) => own.line) : [];
    yield compared("ratification", "conclusion of the certificate", kept, stated.conclusion);
  }
  const conclusion = stated?.conclusion ?? [];
  yield compared("ratification", "conclusion", conclusion, head.conclusion);
  yield compared("ratification", "outcome", conclusion.length ? "conclusion" : "none", head.outcome);
}

const totalsTold = (own) => {
  const { key, values } = verdictKey(own);
  return [key, values];
};

function addsUp({ overall, misses, ratified: stated }, rules) {
  const support = supportOf(overall);
  const reached = !isLess(support, rules.ratify_overall) && misses.length === 0;
  return answers(overall) === overall.n && slashed(support) === overall.support && reached === stated;
}

function* checkWhatAuditorsHave(record) {
  const names = record.head().sealed.auditors.join(", ");
  for (const what of LEFT_TO_AUDITORS) yield finding("elsewhere", what, null, AUDITOR, "auditors", { names });
  yield* checkTheRest(record);
}

// Every link again, from the rows of its round.
function* checkChain(record) {
  const rows = new Map();
  const add = (event, line) => {
    if (!rows.has(event)) rows.set(event, []);
    rows.get(event).push(line);
  };
  for (const { participant, statement, round, channel, late, vote } of record.voteRows()) {
    const event = `${late === "1" ? "late" : "close"} vote ${round}`;
    add(event, `${participant},${statement},${round},${channel},${late},${vote}`);
  }
  // The group is computed, not cast: it is not part of what was chained.
  for (const { ballot, row, channel, line, vote } of record.ballotRows()) {
    add(`close ${ballot}`, `${ballot},${row},${channel},${line},${vote}`);
  }
  let previous = START;
  for (const [place, link] of record.head().chain.entries()) {
    const own = (rows.get(link.what) ?? []).sort();
    rows.delete(link.what);
    const digest = sha256Hex([previous, link.what, link.about, ...own, ""].join("\n"));
    if (digest !== link.digest) {
      yield finding("rows", "chain", false, RECOMPUTED, "broken link", { n: place + 1, what: link.what });
      return;
    }
    previous = digest;
  }
  const [loose] = [...rows.keys()].sort();
  const values = { n: record.head().chain.length, what: loose };
  yield finding("rows", "chain", !loose, RECOMPUTED, loose ? "loose rows" : "links", values);
}

function* checkTickets(record) {
  const { tickets } = record.head();
  if (tickets === null || tickets === undefined) return;
  const voices = new Set();
  for (const row of record.voteRows()) if (row.channel !== "open") voices.add(row.participant);
  for (const row of record.ballotRows()) if (row.channel !== "open") voices.add(row.row);
  const values = { n: voices.size, tickets };
  yield finding("rows", "voices <= tickets", voices.size <= tickets, RECOMPUTED, "tickets", values);
}

function* checkPeople(record) {
  const [groups, votes, landscape] = [record.groups(), record.votes(), record.landscape()];
  const own = {
    participants: votes.people.length,
    statements: votes.statements.length,
    votes: [...votes.said.values()].reduce((sum, said) => sum + said.size, 0),
    placed: groups.placed,
    groups: groups.ids.map((id) => ({ id, size: groups.sizes.get(id), tested: groups.tested.includes(id) })),
  };
  const values = { n: votes.people.length, groups: groups.ids.length };
  yield compared("counts", "people and groups", own, landscape, { key: "people", values });
  yield compared("counts", "names of the groups", groups.ids, record.head().group_ids);
}

function* checkCounts(record) {
  const counts = record.counts();
  const stated = record.landscape().by_statement;
  const same = compared("counts", "counts", Object.keys(counts).sort(), Object.keys(stated).sort());
  const overall = each(counts, ({ agree, pass, disagree }) => bounded({ agree, pass, disagree }));
  const values = { n: Object.keys(counts).length };
  yield same.ok ? compared("counts", "counts", overall, stated, { key: "statements", values }) : same;
  const byGroup = each(counts, (own) => ({ by_group: each(own.by_group, bounded) }));
  yield compared("counts", "counts by group", byGroup, stated);
  const byChannel = each(counts, (own) => ({ by_channel: own.by_channel }));
  yield compared("counts", "counts by channel", byChannel, stated);
}

const each = (document, made) => Object.fromEntries(Object.entries(document).map(([key, own]) => [key, made(own)]));
const bounded = (counts) => ({ ...counts, ...boundsOf(counts) });

// No row of anybody's traits is published: what is stated is held against the whole, and against telling of a few.
function* checkTraits(record) {
  const [landscape, proof] = [record.landscape(), record.head().certificate];
  if (!Object.keys(landscape.by_trait ?? {}).length && !proof.took_part.traits) return;
  const fault = traitFault(landscape, proof.took_part.traits ?? {}, record.votes().people.length, record.counts());
  yield finding("counts", "counts by trait", !fault, MATCHES, fault ? "problem" : "traits", { problem: fault });
}

// What the candidates' ballots say, in every section, and who is admissible.
function* checkBallots(record) {
  const [ballots, standings] = [record.ballots(), record.standings()];
  const proof = record.head().certificate;
  const stated = proof.candidates;
  const own = standings.map((standing) => standingTold(standing, ballots.basis));
  const told = { key: "ballots", values: { n: ballots.people.length, lines: own.length } };
  yield compared("slate", "ballots on the candidates", own, stated, ballots.basis === "imputed" ? undefined : told);
  const rests = [record.slate().basis, proof.basis, record.head().outcome_basis];
  yield compared("slate", "what it rests on", rests.map(() => ballots.basis), rests);
  const admissible = standings.filter((standing) => standing.passes).map((standing) => standing.line);
  const threshold = { key: "threshold", values: { share: record.head().rules.threshold, n: admissible.length } };
  yield compared("slate", "admissible candidates", admissible, record.slate().admissible, threshold);
}

// What the tables repeat: the words of each line, why it is a candidate, and the group of each who balloted.
function* checkTables(record) {
  const statements = new Map(record.statements().map((row) => [row.statement, row]));
  const lines = record.lines();
  const accepted = ({ line }) => statements.get(line)?.state === "accepted";
  const same = (row, column) => row[column] === statements.get(row.line)?.[column];
  const alike = (row) => ["text", "lang", "cites"].every((column) => same(row, column));
  const strange = lines.find((row) => !accepted(row) || (record.head().mode === "sitting" && !alike(row)));
  yield finding("slate", "lines.csv", !strange, RECOMPUTED, strange ? "other text" : "", { line: strange?.line });
  const candidates = lines.map((row) => ({ id: Number(row.line), why: row.why }));
  yield compared("slate", "candidates", candidates, record.slate().shortlist);
  const groups = record.groups();
  const wrong = record.ballotRows().find((row) => row.group !== String(groups.of.get(Number(row.row)) ?? ""));
  yield finding("slate", "groups in ballots.csv", !wrong, RECOMPUTED, wrong ? "other group" : "", { row: wrong?.row });
}

function* checkSlate(record) {
  const [ballots, stated] = [record.ballots(), record.slate()];
  yield compared("slate", "size of the slate", record.rules().size, stated.size);
  if (ballots.basis === "imputed") {
    yield finding("elsewhere", "slate", null, ELSEWHERE, "imputed");
    return;
  }
  const chosen = record.chosen();
  const values = { n: chosen.lines.length };
  yield compared("slate", "slate", chosen.lines, stated.statements, { key: "slate", values });
  const bought = chosen.chosen.map((own) => ({ line: own.line, by: own.by, price: shortest(own.price) }));
  yield compared("slate", "slate, how it was chosen", bought, stated.chosen, { key: "bought", values: {} });
  const lines = linesTold(chosen, record.standings(), ballots, ticketFloors(record), record.rules());
  yield compared("slate", "lines of the certificate", lines, record.head().certificate.lines);
}

// The floor itself is numerics, left to the command; which line it flags is not.
function ticketFloors(record) {
  if (!haveOwnFloor(record.votes())) return null;
  return (line) => record.landscape().by_statement[line].ticket_floor;
}

function* checkFairness(record) {
  const ballots = record.ballots();
  if (ballots.basis === "imputed") return;
  const { lines, violations } = record.chosen();
  const stated = record.head().certificate;
  const people = ballots.people.length;
  const told = { key: violations.length ? "unfair" : "fair", values: { n: violations.length } };
  yield compared("slate", "ejr+", { holds: !violations.length, people, violations }, stated.ejr_plus, told);
  yield compared("slate", "who agrees with how many lines", coverageTold(ballots, lines), stated.coverage);
  yield compared("slate", "not embraced", notEmbracedTold(ballots, record.groups(), lines), stated.not_embraced);
}

function* checkWhoTookPart(record) {
  const own = tookPartTold(record.votes(), record.groups(), record.ballots(), record.head().tickets ?? null);
  const stated = record.head().certificate.took_part;
  yield compared("counts", "who took part", own, stated, silenceOf(own));
}

const silenceOf = ({ silent_groups }) => {
  return { key: silent_groups.length ? "silent" : "", values: { groups: silent_groups.map((id) => `group ${id}`) } };
};

function* checkRatification(record) {
  const stated = record.head().certificate.ratification;
  if (record.ballots().basis === "imputed") {
    yield compared("ratification", "no ratification", null, stated);
    return;
  }
  const own = record.ratification();
  if (!own || !stated) {
    yield compared("ratification", "no ratification", own, stated);
    return;
  }
  const ids = ({ lines }) => lines.map((verdict) => verdict.line);
  yield compared("ratification", "lines that were ratified on", ids(own), ids(stated));
  for (const [place, verdict] of own.lines.entries()) {
    const what = `ratification of line ${verdict.line}`;
    yield compared("ratification", what, verdict, stated.lines[place], verdictKey(verdict));
  }
  yield compared("ratification", "ratification of the whole", own.whole, stated.whole, verdictKey(own.whole));
  const { balloted, entitled, quorum_met } = own;
  const told = { key: quorum_met ? "quorum" : "no quorum", values: { n: balloted, of: entitled } };
  yield compared("ratification", "quorum", { balloted, entitled, quorum_met }, stated, told);
  yield compared("ratification", "groups that balloted", own.silent_groups, stated.silent_groups, silenceOf(own));
  yield compared("ratification", "reasons", own.reasons, stated.reasons);
}

function verdictKey(verdict) {
  const { agree, n } = verdict.overall;
  return { key: verdict.ratified ? "ratified" : "not ratified", values: { agree, n } };
}

function* checkOutcome(record) {
  const head = record.head();
  const sitting = head.mode === "sitting";
  const conclusion = sitting ? record.ratification()?.conclusion ?? [] : [];
  yield compared("ratification", "conclusion", conclusion, head.conclusion);
  const stated = record.head().certificate.ratification;
  if (stated) yield compared("ratification", "conclusion of the certificate", conclusion, stated.conclusion);
  const reached = sitting ? conclusion.length : record.slate().statements.length;
  yield compared("ratification", "outcome", reached ? "conclusion" : "none", head.outcome);
}

// What this page leaves to the command: the landscape is numerics, and the page cannot weigh itself.
function* checkTheRest(record) {
  const head = record.head();
  yield finding("elsewhere", "landscape", null, ELSEWHERE, "landscape", { method: head.rules.method });
  yield finding("elsewhere", "shortlist", null, ELSEWHERE, "shortlist");
  const names = Object.keys(head.certificate).filter((name) => !CERTIFICATE.includes(name)).join(", ");
  if (names) yield finding("elsewhere", "certificate", null, ELSEWHERE, "certificate", { names });
  yield finding("elsewhere", "page", null, ELSEWHERE, "page");
}

// ---- own against stated

function compared(part, what, own, stated, told = { key: "", values: {} }) {
  const where = difference(own, stated, "");
  if (where) return finding(part, what, false, RECOMPUTED, "differs", where);
  return finding(part, what, true, RECOMPUTED, told.key, told.values);
}

// Where two documents part; null when everything of `own` stands so in `stated`.
function difference(own, stated, path) {
  if (own === null || typeof own !== "object") {
    const numbers = typeof own === "number" && typeof stated === "number";
    const rounded = numbers && ROUNDED.some((name) => path.endsWith(`/${name}`));
    const same = rounded ? Math.abs(own - stated) <= ROUNDING : own === stated;
    return same ? null : { path: path || "/", own: shown(own), stated: shown(stated) };
  }
  if (stated === null || typeof stated !== "object") {
    return { path: path || "/", own: shown(own), stated: shown(stated) };
  }
  if (Array.isArray(own) && own.length !== stated.length) {
    return { path: path || "/", own: `[${own.length}]`, stated: `[${stated.length}]` };
  }
  const complete = COMPLETE.some((name) => path.endsWith(`/${name}`));
  const more = complete && Object.keys(stated).find((key) => !(key in own));
  if (more) return { path: `${path}/${more}`, own: "–", stated: shown(stated[more]) };
  for (const key of Object.keys(own)) {
    const found = difference(own[key], stated[key], `${path}/${key}`);
    if (found) return found;
  }
  return null;
}
