// Long fans are folded: things of a sort that hang together with the very same things in the very
// same way lie side by side in one frame, with one line to it instead of one to each.
import { plural, type Shown } from "./graph";
import type { Direction, Link, Sort, Stub } from "./view";
import { linkWords } from "./words";

export interface Group {
  id: string;
  sort: Sort;
  members: string[];
}

/** What is drawn of what is shown. */
export interface Drawing extends Shown {
  groups: Group[];
  /** Each link, or the one that stands for the links of a group. */
  ties: Link[];
}

/** Neighbours on one side up to which a column is read at a glance. */
const COLUMN = 7;
/** Fewer of a sort are not worth a frame. */
const FEW = 4;

/** Fold what makes columns long; things that are to stand `apart` are left out of it. */
export function folded(shown: Shown, apart: ReadonlySet<string>): Drawing {
  const groups = grouped(shown, apart);
  const home = new Map(groups.flatMap(({ id, members }) => members.map((one) => [one, id])));
  const ties = new Map<string, Link>();
  for (const link of shown.links) {
    const [from, to] = [home.get(link.from) ?? link.from, home.get(link.to) ?? link.to];
    const key = `${from}>${to}`;
    if (!ties.has(key))
      ties.set(key, from === link.from && to === link.to ? link : { ...link, from, to });
  }
  return { ...shown, groups, ties: [...ties.values()] };
}

function grouped({ nodes, links }: Shown, apart: ReadonlySet<string>): Group[] {
  const manners = new Map<string, string[]>();
  const counts = new Map<string, number>();
  const add = (id: string, direction: Direction, end: string, link: Link) => {
    const manner = `${direction}~${end} ${link.evidence} ${linkWords(link)}`;
    manners.set(id, [...(manners.get(id) ?? []), manner]);
    const side = `${direction}~${end}`;
    counts.set(side, (counts.get(side) ?? 0) + 1);
  };
  for (const link of links) {
    add(link.from, "up", link.to, link);
    add(link.to, "down", link.from, link);
  }
  const alike = new Map<string, Group>();
  for (const { id, sort } of nodes) {
    const hangs = manners.get(id)?.sort();
    if (hangs === undefined || apart.has(id)) continue;
    const key = [sort, ...hangs].join(" ");
    const group = alike.get(key) ?? { id: `group ${key}`, sort, members: [] };
    group.members.push(id);
    alike.set(key, group);
  }
  const isLong = (id: string) =>
    manners.get(id)?.some((manner) => (counts.get(manner.split(" ", 1)[0] ?? "") ?? 0) > COLUMN);
  return [...alike.values()].filter(
    ({ members: [first = "", ...others] }) => others.length + 1 >= FEW && isLong(first),
  );
}

/** What a group holds in words, and whose neighbours more of the same are: `18 of 300 runs`. */
export function groupWords(
  { id, sort, members }: Group,
  { ties, stubs }: Drawing,
): { words: string; more?: Pick<Stub, "node" | "direction"> } {
  const mine = ties.filter(({ from, to }) => from === id || to === id);
  const [tie] = mine;
  const count = members.length;
  const alone = { words: `${count.toLocaleString("en")} ${plural(sort, count)}` };
  if (tie === undefined || mine.length > 1) return alone;
  const [node, direction]: [string, Direction] =
    tie.to === id ? [tie.from, "down"] : [tie.to, "up"];
  const stub = stubs.find((one) => one.node === node && one.direction === direction);
  const hidden = stub?.hidden[sort] ?? 0;
  if (hidden === 0) return alone;
  const all = (count + hidden).toLocaleString("en");
  return { words: `${count} of ${all} ${plural(sort, count + hidden)}`, more: { node, direction } };
}
