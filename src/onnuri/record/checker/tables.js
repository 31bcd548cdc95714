// The files as tables and documents. Whatever is not as it should be is said with file and row.

class Unreadable extends Error {}

const COLUMNS = {
  "statements.csv": "statement,text,lang,kind,state,cites",
  "lines.csv": "line,text,lang,why,cites",
  "votes.csv": "participant,statement,round,channel,late,vote",
  "ballots.csv": "ballot,row,group,channel,line,vote",
};
// Written out per table: rows that are all of one shape are made and read several times as fast.
const ROW_OF = {
  "statements.csv": ([statement, text, lang, kind, state, cites]) => ({ statement, text, lang, kind, state, cites }),
  "lines.csv": ([line, text, lang, why, cites]) => ({ line, text, lang, why, cites }),
  "votes.csv": ([participant, statement, round, channel, late, vote]) => {
    return { participant, statement, round, channel, late, vote };
  },
  "ballots.csv": ([ballot, row, group, channel, line, vote]) => ({ ballot, row, group, channel, line, vote }),
};

function documentOf(files, name) {
  if (!(name in files)) throw new Unreadable(`${name}: missing`);
  let found;
  try {
    found = JSON.parse(files[name]);
  } catch {
    throw new Unreadable(`${name}: not JSON`);
  }
  const plain = found !== null && typeof found === "object" && !Array.isArray(found);
  if (!plain) throw new Unreadable(`${name}: not an object`);
  return found;
}

// Rows as objects by column name.
function tableOf(files, name) {
  if (!(name in files)) throw new Unreadable(`${name}: missing`);
  const [header, ...rows] = cellsOf(files[name]);
  if (header?.join(",") !== COLUMNS[name]) throw new Unreadable(`${name}: other columns than ${COLUMNS[name]}`);
  return rows.map((cells, place) => {
    if (cells.length !== header.length) throw new Unreadable(`${name}: row ${place + 1} is not whole`);
    return ROW_OF[name](cells);
  });
}

// RFC 4180; a line that is empty is no row.
function cellsOf(text) {
  if (!text.includes('"') && !text.includes("\r")) {
    return text.split("\n").filter(Boolean).map((line) => line.split(","));
  }
  const rows = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/gy;
  while (cell.lastIndex < text.length) {
    const found = cell.exec(text);
    if (!found) throw new Unreadable(`row ${rows.length}: not a table`);
    rows.at(-1).push(found[1] === undefined ? found[2] : found[1].replaceAll('""', '"'));
    if (found[3] === ",") {
      if (cell.lastIndex === text.length) rows.at(-1).push("");
    } else {
      rows.push([]);
    }
  }
  return rows.filter((row) => row.length > 1 || row[0]);
}

function whole(cell, name, place) {
  if (!/^-?\d{1,15}$/.test(cell)) throw new Unreadable(`${where(name, place)}: ${shown(cell)} is not a whole number`);
  return Number(cell);
}

function answer(cell, name, place) {
  if (cell === "1") return 1;
  if (cell === "0") return 0;
  if (cell === "-1") return -1;
  throw new Unreadable(`${where(name, place)}: ${shown(cell)} is not a vote`);
}

const where = (name, place) => `${name}, row ${place + 1}`;
const shown = (value) => (JSON.stringify(value) ?? "–").slice(0, 60);

// JSON with sorted names and no spaces: the form of which the rules' digest is taken.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}
