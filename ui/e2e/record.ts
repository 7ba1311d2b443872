import { expect } from "vitest";
import { URL as SERVER } from "./browser";

type Kind = "data" | "model" | "run" | "train" | "transform";

/** Tells the server of things as a program would that recorded them; ids are made of `series`. */
export class Recording {
  private readonly time = new Date().toISOString().replace("Z", "000Z");
  private readonly events: object[] = [];
  private number = 0;

  constructor(private readonly series: number) {}

  /** Tell of data or a model; with a name it is a version of that. */
  artifact(kind: "data" | "model", label: string, name?: string): string {
    const artifact = `sha256:${this.next().padStart(64, "0")}`;
    this.events.push({ event: "artifact", artifact, digest: artifact, kind, label });
    if (name) this.events.push({ event: "version", artifact, automatic: true, kind, name });
    return artifact;
  }

  /** Tell of a run that used some things, each in a role, and made others. */
  run(kind: Kind, name: string, used: [artifact: string, role: string][], made: string[]): string {
    const [run, time] = [this.id(), this.time];
    this.events.push(
      { event: "run-started", run, kind, name, started: time },
      {
        event: "edges",
        run,
        used: used.map(([artifact, role]) => ({ artifact, role })),
        generated: made.map((artifact) => ({ artifact })),
      },
      { event: "run-ended", run, ended: time, status: "finished" },
    );
    return run;
  }

  async send(): Promise<void> {
    const lines = this.events.map((event) =>
      canonical({ ...event, id: this.id(), time: this.time }),
    );
    const answer = await fetch(`${SERVER}/api/v1/ledger/events`, {
      method: "POST",
      headers: { "Content-Type": "application/x-ndjson" },
      body: `${lines.join("\n")}\n`,
    });
    expect(answer.status, await answer.text()).toBe(200);
  }

  private id(): string {
    return `01a00000-0000-7000-8000-${this.next().padStart(12, "0")}`;
  }

  private next(): string {
    this.number += 1;
    return (this.series * 1_000_000 + this.number).toString(16);
  }
}

/** Data that so many runs made a model of. */
export async function fan(series: number, name: string, runs: number): Promise<void> {
  const told = new Recording(series);
  const data = told.artifact("data", `${name}.csv`, name);
  for (let n = 1; n <= runs; n += 1)
    told.run("train", "fit.py", [[data, "train"]], [told.artifact("model", `${n}.onnx`)]);
  await told.send();
}

/** A model that so many runs fine-tuned. */
export async function base(series: number, name: string, runs: number): Promise<void> {
  const told = new Recording(series);
  const model = told.artifact("model", `${name}.safetensors`, name);
  for (let n = 1; n <= runs; n += 1)
    told.run("train", "tune.py", [[model, "base"]], [told.artifact("model", `${n}.safetensors`)]);
  await told.send();
}

/** A model of a run that learned from two thirds of so many files, and was tried on the others. */
export async function inputs(series: number, name: string, count: number): Promise<void> {
  const told = new Recording(series);
  const used = Array.from({ length: count }, (_, n): [string, string] => [
    told.artifact("data", `${n}.parquet`, `${name}-${n}`),
    3 * n < 2 * count ? "train" : "validation",
  ]);
  told.run("train", `${name}.py`, used, [told.artifact("model", `${name}.onnx`, name)]);
  await told.send();
}

/** A model at the end of layers of data, each made by a run of two things of the layer before. */
export async function mesh(
  series: number,
  name: string,
  layers: number,
  wide: number,
): Promise<void> {
  const told = new Recording(series);
  let layer = [told.artifact("data", "raw.parquet")];
  for (let l = 0; l < layers; l += 1) {
    layer = Array.from({ length: wide }, (_, n) => {
      const made = told.artifact("data", `${l}-${n}.parquet`);
      const [one = "", other = ""] = [layer[n % layer.length], layer[(n + 1) % layer.length]];
      const used = [...new Set([one, other])].map((id): [string, string] => [id, "input"]);
      told.run("transform", `step-${l}-${n}.py`, used, [made]);
      return made;
    });
  }
  const model = told.artifact("model", `${name}.onnx`, name);
  told.run(
    "train",
    "train.py",
    layer.map((id) => [id, "train"]),
    [model],
  );
  await told.send();
}

/** JSON as events are hashed: keys in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, one) =>
    one !== null && typeof one === "object" && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}
