// The page: drawn once when it opens and again when everything was checked or the language changes.

const SVG = "http://www.w3.org/2000/svg";
const ICONS = { holds: "m4.5 12.5 5 5 10-11", fails: "M6 6l12 12M18 6 6 18", told: "M5 12h14" };
const PARTS = ["files", "signature", "rows", "counts", "slate", "ratification", "elsewhere"];
const SMALLEST_CELL = 5;
const SHORT_TASK_MS = 40;

const state = { language: "en", record: null, findings: [], seconds: null, entered: "" };
const main = document.getElementById("main");
const seal = main.querySelector(".seal");
const mark = main.querySelector(".mark");

async function start() {
  state.record = opened(filesOf(document.getElementById("record").textContent));
  state.language = languageOf(state.record);
  draw();
  const began = performance.now();
  let paused = began;
  for await (const one of findingsOf(state.record)) {
    state.findings.push(one);
    if (performance.now() - paused > SHORT_TASK_MS) {
      document.getElementById("progress").textContent = say("progress", { n: state.findings.length });
      await breath();
      paused = performance.now();
    }
  }
  state.seconds = (performance.now() - began) / 1000;
  draw();
  main.dataset.checked = failed().length ? "fails" : "holds";
}

// Lets the browser draw and listen; a timer would wait four thousandths of a second longer each time.
async function breath() {
  if (globalThis.scheduler?.yield) await scheduler.yield();
  else await new Promise((resolve) => setTimeout(resolve));
}

function filesOf(block) {
  try {
    return JSON.parse(block);
  } catch {
    return {};
  }
}

// The record's own language, else the reader's, else English.
function languageOf(record) {
  const near = navigator.languages.map((code) => (code.startsWith("zh") ? "zh-hans" : code.split("-")[0]));
  const wanted = [quietly(() => record.head().lang), ...near];
  return wanted.find((code) => Object.hasOwn(WORDS, code)) ?? "en";
}

function quietly(ask) {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

const failed = () => state.findings.filter((one) => one.ok === false);
const checked = () => state.findings.filter((one) => one.ok !== null);

function say(name, values = {}, table = WORDS[state.language]) {
  const words = table[name] ?? name;
  return words.replace(/\{(\w+)\}/g, (_, key) => {
    const value = values[key] ?? "";
    return typeof value === "number" ? count(value) : value;
  });
}

// Kept by language: to make such a format takes longer than most checks.
const formats = Object.fromEntries(Object.keys(WORDS).map((code) => [code, new Intl.NumberFormat(code)]));
const count = (value) => formats[state.language].format(value);

// ---- elements

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(name, value);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

function drawing(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const unspoken = { viewBox: "0 0 24 24", "aria-hidden": "true" };
const icon = (kind) => drawing("svg", { class: "icon", ...unspoken }, drawing("path", { d: ICONS[kind] }));
const chip = (text, kind) => make("span", { class: `chip chip-${kind}` }, text);
const quads = (digest) => (digest ?? "").replace(/(.{4})(?=.)/g, "$1 ");
const kindOf = (one) => (one.ok === null ? "told" : one.ok ? "holds" : "fails");

// A person's words: in their own language and direction.
function quoted(tag, css, text, lang) {
  return make(tag, { class: css, dir: "auto", lang: lang === "zh-hans" ? "zh-Hans" : (lang ?? "") }, text);
}

// ---- the page, top down

function draw() {
  document.documentElement.lang = state.language;
  const open = new Set([...main.querySelectorAll("details[open]")].map((own) => own.dataset.part));
  const focused = document.activeElement?.id;
  const done = state.seconds !== null;
  const parts = [brand(), head(), verdict(), ...(done ? [keyCard(), lines(), checks(open), digests(), foot()] : [])];
  main.replaceChildren(...parts.filter(Boolean));
  document.getElementById(focused)?.focus();
}

function brand() {
  const buttons = Object.entries(WORDS).map(([code, words]) => {
    const pressed = code === state.language;
    const about = { type: "button", id: `language-${code}`, lang: code, "aria-pressed": pressed };
    const button = make("button", about, words.language);
    button.addEventListener("click", () => {
      state.language = code;
      draw();
    });
    return button;
  });
  return make(
    "div",
    { class: "brand" },
    mark,
    make("span", { translate: "no" }, say("onnuri")),
    make("span", { class: "brand-what" }, say("record")),
    make("div", { class: "languages", role: "group", "aria-label": say("languages") }, buttons),
  );
}

function outcomeOf(told) {
  if (told.mode === "export") return told.proposed?.length ? "proposed" : "none";
  return told.outcome === "conclusion" ? "ratified" : "none";
}

function head() {
  const told = quietly(() => state.record.head()) ?? {};
  const outcome = outcomeOf(told);
  const question = told.questions?.[state.language] ?? told.question ?? "";
  const lang = told.questions?.[state.language] ? state.language : told.lang;
  const proof = told.certificate ?? {};
  const kept = outcome === "proposed" ? told.proposed : told.conclusion;
  const values = { people: proof.took_part?.voted, n: proof.ratification?.balloted, lines: kept?.length };
  const reasons = outcome === "none" ? (proof.ratification?.reasons ?? ["no_candidate"]) : [];
  seal?.setAttribute("aria-label", say(`lead ${outcome}`, values));
  seal?.classList.toggle("doubted", failed().length > 0);
  document.title = `${question} · ${say("record")}`;
  return make(
    "header",
    { class: "head" },
    make(
      "div",
      {},
      make(
        "p",
        { class: "chips" },
        outcomeChip(outcome),
        told.simulated ? chip(say("simulated"), "warn") : null,
      ),
      quoted("h1", undefined, question, lang),
      make("p", { class: "lead" }, say(`lead ${outcome}`, values)),
      reasons.map((reason) => make("p", { class: "muted small" }, say(`reason ${reason}`))),
    ),
    seal,
  );
}

// A record that does not hold may say what it likes: then this is only what it states.
function outcomeChip(outcome) {
  if (state.seconds !== null && failed().length) return chip(say("stated", { outcome: say(outcome) }), "warn");
  return chip(say(outcome), outcome === "ratified" ? "good" : "accent");
}

function verdict() {
  if (state.seconds === null) {
    return make(
      "section",
      { class: "verdict", role: "status", "aria-busy": "true" },
      make("span", { class: "turning", "aria-hidden": "true" }),
      make(
        "div",
        {},
        make("h2", {}, say("checking")),
        make("p", { id: "progress" }, say("progress", { n: state.findings.length })),
      ),
    );
  }
  const [bad, n] = [failed(), checked().length];
  const kind = bad.length ? "fails" : "holds";
  const values = { n, failed: bad.length, seconds: Math.max(state.seconds, 0.01).toFixed(2) };
  const name = bad.length ? "some fail" : "all hold";
  const listed = bad.map((one) => {
    const link = make("a", { href: `#${idOf(one)}` }, whatOf(one));
    return make("li", {}, link, detailOf(one) ? `: ${detailOf(one)}` : "");
  });
  return make(
    "section",
    { class: `verdict ${kind}`, role: "status" },
    icon(kind),
    make(
      "div",
      {},
      make("h2", {}, say(name)),
      make("p", {}, say(`${name} why`, values)),
      bad.length ? make("ul", { class: "bad" }, listed) : null,
    ),
  );
}

function keyCard() {
  const key = quietly(() => state.record.signed().public_key);
  const signed = state.findings.some((one) => one.what === "signature" && one.ok);
  const own = key && plainBase64(key) ? fingerprintOf(key) : null;
  const title = make("h2", {}, say("key title"));
  if (!own) return make("section", { class: "key" }, title, make("p", {}, say("key absent")));
  const answer = make("p", { class: "key-answer", role: "status" });
  const input = make("input", {
    id: "fingerprint",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    value: state.entered,
  });
  const compare = () => {
    state.entered = input.value;
    compareKeys(answer, input.value, own);
  };
  input.addEventListener("input", compare);
  compare();
  return make(
    "section",
    { class: "key" },
    title,
    make("p", {}, say(signed ? "key why" : "key broken")),
    make("p", { class: "key-print", translate: "no" }, quads(own)),
    make("p", { class: "key-question" }, say("key question")),
    make("label", { for: "fingerprint", class: "muted small" }, say("key label")),
    input,
    answer,
  );
}

function compareKeys(answer, entered, own) {
  const written = entered.replace(/[\s:]/g, "").toLowerCase();
  const kind = written === own ? "same" : written.length < own.length ? "short" : "other";
  answer.dataset.key = written ? kind : "";
  const drawn = { same: "holds", other: "fails", short: "told" }[kind];
  answer.replaceChildren(...(written ? [icon(drawn), say(`key ${kind}`)] : []));
}

// ---- the lines with what was counted

function lines() {
  const shownLines = quietly(linesShown) ?? [];
  if (!shownLines.length) return null;
  const items = shownLines.map((own) => {
    const text = quoted("p", own.ratified ? "text ratified" : "text", own.text, own.lang);
    return make("li", {}, make("div", {}, text, supportOfLine(own), verdictShown(own), objectionShown(own)));
  });
  const sealed = quietly(() => isSealed(state.record));
  const why = make("p", { class: "muted small after" }, say(sealed ? "lines why sealed" : "lines why"));
  return make("section", {}, make("h2", {}, say("lines")), why, legend(), make("ol", { class: "lines" }, items));
}

function legend() {
  const sample = (kind) => [
    drawing("rect", { class: kind, width: "12", height: "12", rx: "3" }),
    ...(kind === "x" ? [drawing("rect", { width: "12", height: "12", rx: "3", fill: "url(#hatch)" })] : []),
  ];
  const box = { class: "swatch", viewBox: "0 0 12 12", "aria-hidden": "true" };
  const swatch = (kind) => drawing("svg", box, ...sample(kind));
  const marks = ["o", "p", "x"].map((kind) => make("span", {}, swatch(kind), say(`mark ${kind}`)));
  return make("p", { class: "legend" }, marks);
}

function linesShown() {
  const texts = new Map(state.record.statements().map((row) => [Number(row.statement), row]));
  const told = state.record.head();
  // Where the rows are sealed there is nothing to count again: what is stated, as far as it may be told.
  const sealed = isSealed(state.record);
  const ratification = sealed ? told.certificate.ratification : quietly(() => state.record.ratification());
  return state.record.slate().statements.map((line) => {
    const verdictOfLine = ratification?.lines.find((own) => own.line === line);
    const standing = quietly(() => state.record.standings().find((own) => own.line === line));
    return {
      text: texts.get(line)?.text,
      lang: texts.get(line)?.lang,
      ratified: told.mode === "sitting" && ratification?.conclusion.includes(line),
      verdict: verdictOfLine,
      counts: verdictOfLine ?? standing,
      objection: told.certificate.lines.find((own) => own.id === line)?.ticket_holders,
    };
  });
}

function supportOfLine({ counts }) {
  if (!counts) return null;
  const rows = [["everyone", counts.overall], ...Object.entries(counts.sections)];
  const hidden = isSealed(state.record) ? maskedSections(counts) : withheldSections(counts);
  return make("ul", { class: "support" }, rows.map(([name, own]) => supportRow(name, own, hidden.has(name))));
}

const maskedSections = ({ sections }) => {
  return new Set(Object.entries(sections).filter(([, own]) => own.masked).map(([name]) => name));
};

// A small cell is not told, nor what would tell it to whoever takes the others from the whole.
function withheldSections({ overall, sections }) {
  const of = (kind) => Object.entries(sections).filter(([name]) => name.startsWith(kind));
  const sum = (cells) => cells.reduce((all, [, own]) => all + answers(own), 0);
  const [groups, every] = [of("group "), of("channel ")];
  // Open voices that do not decide stand beside the whole.
  const channels = sum(every) > answers(overall) ? every.filter(([name]) => name !== "channel open") : every;
  const unsaid = groups.length ? answers(overall) - sum(groups) : 0;
  return new Set([...withheld(groups, unsaid), ...withheld(channels, 0)]);
}

function withheld(cells, unsaid) {
  const few = (n) => n > 0 && n < SMALLEST_CELL;
  const sizes = cells.map(([name, own]) => ({ name, n: answers(own) }));
  const hidden = sizes.filter(({ n }) => few(n));
  if (!hidden.length && !few(unsaid)) return [];
  const shownCells = sizes.filter(({ n }) => !few(n));
  const left = shownCells.sort((a, b) => !a.n - !b.n || a.n - b.n || (a.name < b.name ? -1 : 1));
  const together = () => hidden.reduce((all, { n }) => all + n, unsaid);
  while (left.length && (hidden.length + (unsaid > 0) < 2 || together() < SMALLEST_CELL)) hidden.push(left.shift());
  return hidden.map(({ name }) => name);
}

function supportRow(name, counts, hidden) {
  const n = answers(counts);
  const group = /^group (\d)$/.exec(name)?.[1];
  const label = make("span", { class: "group" }, group ? shape(group) : null, say(name));
  if (n < SMALLEST_CELL || hidden) {
    const few = n < SMALLEST_CELL && !counts.masked;
    return make("li", {}, label, make("span", { class: "muted" }, say(few ? "few" : "withheld")));
  }
  const o = Math.floor((100 * counts.agree) / n);
  const x = counts.pass ? Math.min(Math.round((100 * counts.disagree) / n), 100 - o) : 100 - o;
  const words = `${say(name)}: ${say("figures", { o, p: 100 - o - x, x, n })}`;
  const picture = bar(o, 100 - o - x, x, words);
  return make("li", {}, label, picture, make("b", {}, `${o}%`), make("span", { class: "muted n" }, `n ${count(n)}`));
}

function shape(group) {
  const use = drawing("use", { href: `#shape-${group}` });
  return drawing("svg", { class: "shape", "data-group": group, ...unspoken }, use);
}

function bar(o, p, x, words) {
  const rect = (css, at, width, more = {}) => {
    return drawing("rect", { class: css, x: `${at}%`, width, height: "100%", ...more });
  };
  return drawing(
    "svg",
    { class: "bar", role: "img", "aria-label": words },
    rect("o", 0, `${o}%`),
    rect("p", o, `${p}%`),
    rect("x", o + p, `${x}%`),
    rect("", o + p, `${x}%`, { fill: "url(#hatch)" }),
    rect("gap", o, "2"),
    rect("gap", o + p, "2"),
  );
}

function verdictShown({ verdict: own, ratified: kept }) {
  if (!own) return null;
  if (own.ratified) {
    const reached = kept ? chip(say("line ratified"), "good") : chip(say("line reached"), "accent");
    return make("p", { class: "foot" }, reached);
  }
  const misses = own.misses.map(({ where, support, needed }) => {
    return say("miss", { where: say(where === "all" ? "everyone" : where), support: support ?? "–", needed });
  });
  const words = [say("line not ratified"), misses.join("; ")].filter(Boolean).join(": ");
  return make("p", { class: "why" }, icon("fails"), make("span", {}, words));
}

// As stated: the floor is checked by the command.
function objectionShown({ objection }) {
  if (!objection?.objection) return null;
  const values = { floor: Math.floor(Math.round(10000 * objection.floor) / 100), needed: state.record.head().rules.threshold };
  return make("p", { class: "why" }, icon("fails"), make("span", {}, say("objection", values)));
}

// ---- what was checked

function checks(open) {
  const parts = PARTS.map((part) => [part, state.findings.filter((one) => one.part === part)]);
  const details = parts.filter(([, own]) => own.length).map(([part, own]) => partShown(part, own, open));
  return make("section", { id: "checks" }, make("h2", {}, say("checks")), details);
}

function partShown(part, own, open) {
  const bad = own.filter((one) => one.ok === false).length;
  const kind = part === "elsewhere" ? "told" : bad ? "fails" : "holds";
  const sum = { told: ["of elsewhere", own.length], fails: ["of fails", bad], holds: ["of holds", own.length] }[kind];
  const name = make("span", {}, say(part, {}, WORDS[state.language].parts));
  const title = make("summary", {}, icon(kind), name, make("b", {}, say(sum[0], { n: sum[1] })));
  const rest = part === "elsewhere" ? [make("p", { class: "muted small" }, say("elsewhere why")), command()] : [];
  return make(
    "details",
    { class: kind, "data-part": part, open: bad || open.has(part) ? "" : undefined },
    title,
    make("ul", { class: "status" }, own.map(findingShown)),
    rest,
  );
}

function findingShown(one) {
  const kind = kindOf(one);
  const detail = [say(one.how), detailOf(one)].filter(Boolean).join(" · ");
  return make(
    "li",
    { id: idOf(one), class: kind, "data-check": one.what, "data-ok": String(one.ok) },
    icon(kind),
    make("span", {}, whatOf(one), make("small", {}, detail)),
    make("b", {}, say(kind)),
  );
}

const idOf = (one) => `check-${state.findings.indexOf(one)}`;

function whatOf({ what }) {
  const parts = /^(file|ratification of line) (.+)$/.exec(what);
  return say(parts ? parts[1] : what, { name: parts?.[2] }, WORDS[state.language].what);
}

function detailOf({ key, values }) {
  const groups = Array.isArray(values.groups) ? values.groups.map((name) => say(name)).join(", ") : values.groups;
  return key ? say(key, { ...values, groups }, WORDS[state.language].detail) : "";
}

function command() {
  const key = quietly(() => fingerprintOf(state.record.signed().public_key));
  const about = { tabindex: "0", role: "region", "aria-label": say("command"), translate: "no" };
  return make("pre", about, make("code", {}, `onnuri verify record.zip --key ${key}`));
}

function digests() {
  const told = quietly(() => state.record.head()) ?? {};
  const rows = [
    ["digest record", quietly(() => state.record.digest())],
    ["digest rules", told.rules_digest],
    ["digest chain", quietly(() => told.chain.at(-1).digest)],
  ].filter(([, digest]) => typeof digest === "string");
  const items = rows.flatMap(([name, digest]) => {
    return [make("dt", {}, say(name)), make("dd", { class: "hash", translate: "no" }, quads(digest))];
  });
  return make("section", {}, make("h2", {}, say("digests")), make("div", { class: "proof" }, make("dl", {}, items)));
}

function foot() {
  const told = quietly(() => state.record.head()) ?? {};
  const version = say("version", { version: told.onnuri, method: told.rules?.method, format: String(told.format) });
  return make(
    "footer",
    {},
    told.attribution ? quoted("p", undefined, told.attribution, "") : null,
    make("p", { class: "muted" }, say("survey")),
    make("p", { class: "muted" }, version),
  );
}

start();
