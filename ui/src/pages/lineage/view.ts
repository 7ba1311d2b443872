// What the explorer shows is a value; all that people do is a step from one to the next. The value
// is the page's address, so that a link shows the very same.
import type { Asked, Schemas } from "../../api/client";

export type Near = Schemas["Near"];
export type Link = Schemas["Link"];
export type Stub = Schemas["Stub"];
export type Answer = Schemas["NeighbourhoodResponse"];
export type Direction = Stub["direction"];
export type Sort = Near["sort"];
export type About = Schemas["Badge"]["about"];
export type Grade = Link["evidence"];

export const SORTS: Sort[] = [
  "data",
  "model",
  "run",
  "deployment",
  "consumer",
  "file",
  "code",
  "environment",
];
export const STATES = ["running", "finished", "failed", "lost"] as const;
export const GRADES: Grade[] = ["verified", "observed", "declared", "inferred"];
export const ABOUTS: About[] = ["quality", "validation", "drift", "recall", "licence"];
export const LIMIT = 200;
/** How many neighbours of a sort the first press of a stub shows; each further one twice as many. */
export const MORE = 12;
/** Further than any lineage goes. */
export const ALL = 99;

export interface View {
  /** What is in the middle: a ref. */
  target: string;
  up: number;
  down: number;
  /** Stubs that were opened, in order: `up~ID~12`. */
  open: string[];
  /** Sides of things that were closed: `up~ID`. */
  closed: string[];
  /** Runs that are shown step by step. */
  inside: string[];
  steps: boolean;
  sorts: string[];
  status: string[];
  evidence: string;
  context: boolean;
  /** Judgements that colour the map; none means all but drift. */
  about: string[];
  /** The graph as it was then. */
  asof: string;
  toward: string;
  /** Another thing, whose ancestry is shown beside. */
  with: string;
  mode: string;
  /** What is chosen: an id. */
  at: string;
  list: boolean;
  /** Data whose columns are open. */
  columns: string[];
  /** A column that is followed: `ID~NAME`. */
  column: string;
  limit: number;
  /** How the map is looked at, if not as from the start: where the first thing lies, and how large. */
  eye: string;
}

export const START: View = {
  target: "",
  up: 1,
  down: 1,
  open: [],
  closed: [],
  inside: [],
  steps: false,
  sorts: [],
  status: [],
  evidence: "",
  context: false,
  about: [],
  asof: "",
  toward: "",
  with: "",
  mode: "",
  at: "",
  list: false,
  columns: [],
  column: "",
  limit: LIMIT,
  eye: "",
};

export type Act =
  | { do: "go"; target: string }
  | { do: "choose"; id: string }
  | { do: "expand"; id: string; direction: Direction }
  | { do: "collapse"; id: string; direction: Direction }
  | { do: "depth"; up?: number; down?: number }
  | { do: "enter"; run: string }
  | { do: "filter"; by: Partial<Pick<View, Filters>> }
  | { do: "time"; asof: string }
  | { do: "focus" }
  | { do: "impact"; target: string }
  | { do: "path"; toward: string }
  | { do: "compare"; other: string }
  | { do: "columns"; id: string }
  | { do: "follow"; id: string; column: string }
  | { do: "list"; on: boolean }
  | { do: "more" }
  | { do: "look"; eye: string };

type Filters = "sorts" | "status" | "evidence" | "context" | "about" | "steps";

/** What people look for when they ask what a thing reaches. */
const REACHED = ["model", "deployment", "consumer"];

/** Return the view after something was done. */
export function after(view: View, act: Act): View {
  switch (act.do) {
    case "go":
      return { ...START, ...kept(view), target: act.target };
    case "choose":
      return { ...view, at: act.id };
    case "expand":
      return expanded(view, act.id, act.direction);
    case "collapse":
      return collapsed(view, act.id, act.direction);
    case "depth":
      return { ...view, up: act.up ?? view.up, down: act.down ?? view.down };
    case "enter":
      return { ...view, inside: toggled(view.inside, act.run) };
    case "filter":
      // Steps are another picture: it is seen as a whole at first.
      return { ...view, ...act.by, eye: "steps" in act.by ? "" : view.eye };
    case "time":
      return { ...view, asof: act.asof };
    case "focus":
      return { ...view, mode: view.mode === "focus" ? "" : "focus" };
    case "impact":
      return {
        ...START,
        target: act.target,
        asof: view.asof,
        up: 0,
        down: ALL,
        sorts: REACHED,
        mode: "impact",
      };
    case "path":
      return { ...START, ...kept(view), target: view.target, toward: act.toward, up: 0, down: 0 };
    case "compare":
      return { ...START, ...kept(view), target: view.target, with: act.other, up: 4, down: 0 };
    case "columns":
      return { ...view, columns: toggled(view.columns, act.id) };
    case "follow": {
      const column = `${act.id}~${act.column}`;
      return { ...view, column: view.column === column ? "" : column };
    }
    case "list":
      return { ...view, list: act.on };
    case "more":
      return { ...view, limit: view.limit + LIMIT };
    case "look":
      return { ...view, eye: act.eye };
  }
}

/** What stays when people go elsewhere: how they look, not what they opened. */
function kept(view: View): Partial<View> {
  const { asof, evidence, about, list } = view;
  return { asof, evidence, about, list };
}

function expanded(view: View, id: string, direction: Direction): View {
  const side = `${direction}~${id}`;
  if (view.closed.includes(side)) {
    return { ...view, closed: view.closed.filter((one) => one !== side) };
  }
  const before = view.open.find((one) => one.startsWith(`${side}~`));
  const most = before === undefined ? MORE : 2 * Number(before.slice(side.length + 1));
  const open =
    before === undefined
      ? [...view.open, `${side}~${most}`]
      : view.open.map((one) => (one === before ? `${side}~${most}` : one));
  return { ...view, open };
}

function collapsed(view: View, id: string, direction: Direction): View {
  const side = `${direction}~${id}`;
  const open = view.open.filter((one) => !one.startsWith(`${side}~`));
  if (open.length < view.open.length) return { ...view, open };
  return { ...view, closed: [...view.closed, side] };
}

export function toggled(words: string[], word: string): string[] {
  return words.includes(word) ? words.filter((one) => one !== word) : [...words, word];
}

/** The question that the view asks of the server. */
export function asked(view: View, target = view.target): Asked<"neighbourhood"> {
  const about = view.about as About[];
  return {
    target: { ref: target },
    up: view.up,
    down: view.down,
    opened: view.open.map((one) => {
      const [direction = "", node = "", most] = one.split("~");
      return { direction: direction as Direction, node, most: Number(most) };
    }),
    inside: view.inside,
    detail: view.steps ? "steps" : "runs",
    toward: view.toward ? { ref: view.toward } : null,
    sorts: view.sorts as Sort[],
    status: view.status as NonNullable<Asked<"neighbourhood">["status"]>,
    context: view.context,
    evidence: (view.evidence || null) as Grade | null,
    badges: about.length > 0 ? about : [],
    as_of: view.asof || null,
    limit: view.limit,
  };
}

/** The part of a view that an address has to tell: what is not as it is from the start. */
export function told(view: View): Partial<View> {
  const differs = Object.entries(view).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(START[name as keyof View]),
  );
  return Object.fromEntries(differs) as Partial<View>;
}

/** The view that an address tells; whatever has another form than it should is passed over. */
export function read(said: Record<string, unknown>): View {
  const view: Record<string, unknown> = { ...START };
  for (const [name, value] of Object.entries(START)) {
    const found = said[name];
    if (Array.isArray(value)) {
      if (Array.isArray(found)) view[name] = found.map(String);
      else if (typeof found === "string") view[name] = [found];
    } else if (typeof value === "string") {
      if (typeof found === "string" || typeof found === "number") view[name] = String(found);
    } else if (typeof found === typeof value) {
      view[name] = found;
    }
  }
  return view as unknown as View;
}
