// The map as a file: drawn anew from where things lie, so that it needs neither page nor style sheet.
import { csv, type Shown } from "./graph";
import { type Drawing, groupWords } from "./groups";
import type { Box, Layout } from "./layout";
import { worst } from "./sorts";
import type { Link, Near } from "./view";
import { linkWords } from "./words";

const COLOURS = { good: "#0b7a5a", warn: "#a35200", bad: "#c22b2b", unknown: "#8b93a0" };
const DASHES: Record<string, string> = { declared: "7 4", inferred: "2 4" };
const MARGIN = 40;

export interface Picture {
  drawing: Drawing;
  layout: Layout;
}

/** Keep what is shown as a file of one of these forms. */
export async function save(
  form: "svg" | "png" | "csv",
  name: string,
  shown: Shown,
  picture: Picture | undefined,
): Promise<void> {
  const file = `${name.replace(/[^\w.-]+/g, "-")}.${form}`;
  if (form === "csv") return download(file, "text/csv", nodesCsv(shown));
  if (picture === undefined) return;
  const drawn = svg(picture);
  if (form === "svg") return download(file, "image/svg+xml", drawn);
  return download(file, "image/png", await png(drawn));
}

export function download(name: string, type: string, content: string | Blob): void {
  const blob = typeof content === "string" ? new Blob([content], { type }) : content;
  const address = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export function nodesCsv({ nodes, stubs }: Shown): string {
  const beyond = (id: string, direction: string) =>
    stubs
      .filter((stub) => stub.node === id && stub.direction === direction)
      .flatMap(({ hidden }) => Object.values(hidden))
      .reduce((sum, count) => sum + count, 0);
  const heads = [
    "id",
    "title",
    "sort",
    "kind",
    "distance",
    "status",
    "judged",
    "more above",
    "more below",
  ];
  const rows = nodes.map((node) => [
    node.id,
    node.title,
    node.sort,
    node.kind,
    node.depth,
    node.status,
    (node.badges ?? [])
      .map(({ about, status, words }) => `${about} ${status}: ${words}`)
      .join("; "),
    beyond(node.id, "up"),
    beyond(node.id, "down"),
  ]);
  return csv(heads, rows);
}

export function linksCsv({ nodes, links }: Shown): string {
  const titles = new Map(nodes.map(({ id, title }) => [id, title]));
  const heads = [
    "from",
    "to",
    "from id",
    "to id",
    "type",
    "roles",
    "relation",
    "evidence",
    "between",
  ];
  const rows = links.map((link) => [
    titles.get(link.from),
    titles.get(link.to),
    link.from,
    link.to,
    link.type,
    (link.roles ?? []).join(" "),
    link.relation,
    link.evidence,
    link.between,
  ]);
  return csv(heads, rows);
}

/** Return the map as SVG, with all text as text. */
export function svg({ drawing, layout: { things, frames } }: Picture): string {
  const boxes = [...things.values(), ...frames.values()];
  const left = Math.min(...boxes.map(({ x }) => x)) - MARGIN;
  const top = Math.min(...boxes.map(({ y }) => y)) - MARGIN;
  const width = Math.max(...boxes.map((box) => box.x + box.width)) - left + MARGIN;
  const height = Math.max(...boxes.map((box) => box.y + box.height)) - top + MARGIN;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${left} ${top} ${width} ${height}" font-family="system-ui, sans-serif">`,
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="#ffffff"/>`,
    ...drawing.groups.map((group) => frame(groupWords(group, drawing).words, frames.get(group.id))),
    ...drawing.ties.map((link) => line(link, { things, frames })),
    ...drawing.nodes.map((node) => card(node, things.get(node.id))),
    "</svg>",
  ];
  return parts.join("\n");
}

function line({ from: start, to: end, ...link }: Link, layout: Layout): string {
  const [from, to] = [port(start, layout), port(end, layout)];
  if (from === undefined || to === undefined) return "";
  const [x1, y1, x2, y2] = [from.right, from.y, to.left, to.y];
  const middle = (x1 + x2) / 2;
  const dashes = DASHES[link.evidence];
  const words = linkWords({ ...link, from: start, to: end });
  return [
    `<path d="M${x1},${y1} C${middle},${y1} ${middle},${y2} ${x2},${y2}" fill="none" stroke="#8b93a0"`,
    ` stroke-width="${link.evidence === "verified" ? 2.4 : 1.4}"${dashes ? ` stroke-dasharray="${dashes}"` : ""}/>`,
    words
      ? `<text x="${middle}" y="${(y1 + y2) / 2 - 4}" font-size="10" fill="#5c636b" text-anchor="middle">${plain(words)}</text>`
      : "",
  ].join("");
}

/** Where lines meet a thing: at its words; a frame in the middle. */
function port(id: string, { things, frames }: Layout) {
  const box = things.get(id) ?? frames.get(id);
  const down = frames.has(id) ? (box?.height ?? 0) / 2 : 25;
  return box && { left: box.x, right: box.x + box.width, y: box.y + down };
}

function frame(words: string, box: Box | undefined): string {
  if (box === undefined) return "";
  return [
    `<g transform="translate(${box.x},${box.y})">`,
    `<rect width="${box.width}" height="${box.height}" rx="8" fill="#f6f8fa" stroke="#d0d6de"/>`,
    `<text x="14" y="19" font-size="11" font-weight="600" fill="#5c636b">${plain(words)}</text>`,
    "</g>",
  ].join("");
}

function card(node: Near, box: Box | undefined): string {
  if (box === undefined) return "";
  const colour = COLOURS[worst(node) ?? "unknown"];
  const round = node.sort === "run" || node.sort === "step" ? 22 : 4;
  return [
    `<g transform="translate(${box.x},${box.y})">`,
    `<rect width="${box.width}" height="46" rx="${round}" fill="#ffffff" stroke="${colour}" stroke-width="1.5"/>`,
    `<text x="14" y="20" font-size="12" font-weight="600" fill="#1b1f24">${plain(cut(node.title, 27))}</text>`,
    `<text x="14" y="35" font-size="10" fill="#5c636b">${plain(cut(told(node), 34))}</text>`,
    "</g>",
  ].join("");
}

function told({ sort, badges = [] }: Near): string {
  const grave = badges.filter(({ status }) => status === "bad" || status === "warn");
  return [sort, ...grave.map(({ about, status }) => `${about} ${status}`)].join(" · ");
}

const cut = (text: string, most: number) =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;

const MARKUP: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text of the store stays text. */
export const plain = (text: string) => text.replace(/[&<>"]/g, (sign) => MARKUP[sign] ?? "");

async function png(drawn: string): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([drawn], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    // No browser draws a canvas of any size.
    const scale = Math.min(2, 16_000 / Math.max(image.width, image.height));
    const canvas = Object.assign(document.createElement("canvas"), {
      width: image.width * scale,
      height: image.height * scale,
    });
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done, fail) =>
      canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("no picture"))), "image/png"),
    );
  } finally {
    URL.revokeObjectURL(address);
  }
}
