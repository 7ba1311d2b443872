// Questions to the part of the graph that is shown: pure, so that they are tested without a page.
import type { Answer, Direction, Link, Near, Stub } from "./view";

export interface Shown {
  nodes: Near[];
  links: Link[];
  stubs: Stub[];
}

export const far = (link: Link, direction: Direction) => (direction === "up" ? link.from : link.to);
export const near = (link: Link, direction: Direction) =>
  direction === "up" ? link.to : link.from;
export const keyOf = (link: Link) => `${link.from}>${link.to}`;

/** Leave out what hangs only from sides that were closed; there it is counted. */
export function pruned(answer: Answer, closed: string[]): Shown {
  if (closed.length === 0) return answer;
  const shut = new Set(closed);
  const links = answer.links.filter(
    ({ from, to }) => !shut.has(`down~${from}`) && !shut.has(`up~${to}`),
  );
  const stays = reached([...answer.roots, ...answer.way], links);
  const nodes = answer.nodes.filter(({ id }) => stays.has(id));
  return {
    nodes,
    links: answer.links.filter(({ from, to }) => stays.has(from) && stays.has(to)),
    stubs: [...counted(answer, stays).values()],
  };
}

function reached(starts: string[], links: Link[]): Set<string> {
  const found = new Set(starts);
  const pending = [...found];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    for (const { from, to } of links) {
      const end = from === id ? to : to === id ? from : undefined;
      if (end === undefined || found.has(end)) continue;
      found.add(end);
      pending.push(end);
    }
  }
  return found;
}

function counted(answer: Answer, stays: Set<string>): Map<string, Stub> {
  const sorts = new Map(answer.nodes.map(({ id, sort }) => [id, sort]));
  const stubs = new Map<string, Stub>();
  for (const stub of answer.stubs) {
    if (stays.has(stub.node))
      stubs.set(`${stub.direction}~${stub.node}`, { ...stub, hidden: { ...stub.hidden } });
  }
  for (const link of answer.links) {
    for (const direction of ["up", "down"] as const) {
      const [id, end] = [near(link, direction), far(link, direction)];
      if (!stays.has(id) || stays.has(end)) continue;
      const key = `${direction}~${id}`;
      const stub = stubs.get(key) ?? { node: id, direction, hidden: {} };
      const sort = sorts.get(end) ?? "other";
      stub.hidden[sort] = (stub.hidden[sort] ?? 0) + 1;
      stubs.set(key, stub);
    }
  }
  return stubs;
}

/** All that leads to a thing, that it leads to, and itself. */
export function kin(id: string, links: Link[]): Set<string> {
  return new Set([...spread([id], "up", links), ...spread([id], "down", links)]);
}

/** All that lies on a way from any of some things to another one, these included. */
export function between(starts: string[], end: string, links: Link[]): Set<string> {
  const below = spread(starts, "down", links);
  const above = spread([end], "up", links);
  return new Set([...below].filter((id) => above.has(id)));
}

function spread(starts: string[], direction: Direction, links: Link[]): Set<string> {
  const found = new Set(starts);
  const pending = [...found];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    for (const link of links) {
      const end = far(link, direction);
      if (near(link, direction) !== id || found.has(end)) continue;
      found.add(end);
      pending.push(end);
    }
  }
  return found;
}

export interface Place {
  x: number;
  y: number;
}

export type Key = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";

/** Where an arrow leads: left and right along links, up and down to the next in the same column. */
export function step(
  id: string,
  key: Key,
  links: Link[],
  places: ReadonlyMap<string, Place>,
): string | undefined {
  const here = places.get(id);
  if (here === undefined) return undefined;
  const at = (end: string) => places.get(end) ?? here;
  if (key === "ArrowLeft" || key === "ArrowRight") {
    const direction = key === "ArrowLeft" ? "up" : "down";
    const ends = links
      .filter((link) => near(link, direction) === id)
      .map((link) => far(link, direction));
    return nearest(ends, (end) => Math.abs(at(end).y - here.y));
  }
  const sign = key === "ArrowUp" ? -1 : 1;
  const beside = [...places.keys()].filter((end) => sign * (at(end).y - here.y) > 1);
  return nearest(beside, (end) => 4 * Math.abs(at(end).x - here.x) + Math.abs(at(end).y - here.y));
}

function nearest(ends: string[], cost: (end: string) => number): string | undefined {
  return [...ends].sort((one, other) => cost(one) - cost(other))[0];
}

export type Standing = "shared" | "differs" | "parts";

/** What stands where in two ancestries: shared, different, or the first place where they part. */
export function compared(left: Answer, right: Answer): Map<string, Standing> {
  const here = new Set(left.nodes.map(content));
  const there = new Set(right.nodes.map(content));
  const found = new Map<string, Standing>();
  for (const { nodes, links } of [left, right]) {
    const shared = new Set(
      nodes
        .filter((node) => here.has(content(node)) && there.has(content(node)))
        .map(({ id }) => id),
    );
    for (const { id } of nodes) {
      const above = links.filter(({ to }) => to === id).map(({ from }) => from);
      const parts = !shared.has(id) && above.every((end) => shared.has(end));
      found.set(id, shared.has(id) ? "shared" : parts ? "parts" : "differs");
    }
  }
  return found;
}

export interface Parting {
  left?: Near;
  right?: Near;
}

/** The places where two ancestries part, the nearest first, with what stands there in each. */
export function partings(
  left: Near[],
  right: Near[],
  standing: ReadonlyMap<string, Standing>,
): Parting[] {
  const parts = (nodes: Near[]) => nodes.filter(({ id }) => standing.get(id) === "parts");
  const rest = parts(right);
  const found: Parting[] = parts(left).map((one) => {
    const place = rest.findIndex((other) => called(other) === called(one));
    return { left: one, right: place < 0 ? undefined : rest.splice(place, 1)[0] };
  });
  const far = ({ left, right }: Parting) => Math.abs((left ?? right)?.depth ?? 0);
  return [...found, ...rest.map((one) => ({ right: one }))].sort(
    (one, other) => far(one) - far(other),
  );
}

/** What makes things of two ancestries the same but for their versions. */
const called = ({ sort, name, title }: Near) => `${sort} ${name ?? title}`;

const content = (node: Near) => node.digest ?? node.id;

/** The words of a stub: `+412 runs`; `shown` of its links lead to what is shown. */
export function stubWords({ hidden, links }: Stub, shown: number, short = false): string {
  const sorts = Object.entries(hidden);
  const known = sorts.reduce((sum, [, count]) => sum + count, 0);
  const total = links ? Math.max(links - shown, known) : known;
  const [first] = sorts;
  const count = `+${total.toLocaleString("en")}`;
  return short || first === undefined || sorts.length > 1
    ? count
    : `${count} ${plural(first[0], total)}`;
}

export function plural(sort: string, count: number): string {
  if (sort === "data") return "data";
  return count === 1 ? sort : `${sort}s`;
}

/** A table of what is shown as CSV (RFC 4180); nothing in it is a formula to a spreadsheet. */
export function csv(heads: string[], rows: (string | number | null | undefined)[][]): string {
  const cell = (value: string | number | null | undefined) => {
    const text = value === null || value === undefined ? "" : String(value);
    const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [heads, ...rows].map((row) => row.map(cell).join(",")).join("\r\n");
}
