import type { Schemas } from "../../api/client";

/** A version of a data set, as the parts of its page are told of it. */
export interface Shown {
  name: string;
  version: number;
  /** How the version is asked about: `data:clean:2`. */
  target: string;
  of: Schemas["NameView"];
  /** The version itself. */
  one: Schemas["ArtifactView"];
  newest: boolean;
}
