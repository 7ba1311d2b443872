import { expect, it } from "vitest";
import { ownOf, type Said, wishes } from "./saying";

const NOTHING: Said = { description: "", owner: "", licence: "", tags: [] };
const target = { ref: "data:adult" };

it("says nothing where nothing was changed", () => {
  const said = { ...NOTHING, description: "Who lives where. ", tags: ["pii"] };
  expect(wishes("data:adult", said, { ...said, description: "Who lives where." })).toEqual([]);
});

it("says each field by its own operation, and takes back what was emptied", () => {
  const before = { ...NOTHING, owner: "ada", licence: "MIT", tags: ["old", "kept"] };
  const after = { description: "New.", owner: "", licence: "CC-BY-4.0", tags: ["kept", "new"] };
  expect(wishes("data:adult", before, after)).toEqual([
    { field: "description", operation: "describe", request: { target, text: "New." } },
    { field: "owner", operation: "own", request: { target, by: null } },
    { field: "licence", operation: "licence", request: { target, licence: "CC-BY-4.0" } },
    { field: "tags", operation: "tag", request: { target, tags: ["old"], remove: true } },
    { field: "tags", operation: "tag", request: { target, tags: ["new"], remove: false } },
  ]);
});

it("leaves out what came down from elsewhere", () => {
  const way = { source: "data:raw", title: "raw", path: [], titles: [] };
  const own = ownOf({
    description: null,
    owners: [
      { role: "steward", who: "grace" },
      { role: "owner", who: "ada" },
    ],
    tags: [{ tag: "pii", way }, { tag: "own" }],
    licences: [{ spdx: "ODbL-1.0", terms: [], way }],
    terms: [],
    incidents: [],
  });
  expect(own).toEqual({ description: "", owner: "ada", licence: "", tags: ["own"] });
});
