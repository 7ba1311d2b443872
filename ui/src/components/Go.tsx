import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { to } from "../app/address";

/** A page, and what its address says of the view. */
export interface Address {
  to: string;
  search?: Record<string, unknown>;
}

/** Return the page of a thing by its ref: `churn:7`, `data:adult`, `run:0192…`, a digest, an id. */
export function addressOf(ref: string): Address {
  const lineage = { to: "/lineage", search: { target: ref } };
  const [, kind = "model", rest = ref] = /^(run|data|model|package):(.+)$/.exec(ref) ?? [];
  if (kind === "run") return { to: to.run(rest) };
  if (kind === "package") return { to: "/search", search: { q: rest } };
  if (/^(sha256:[0-9a-f]+|[0-9a-f]{8}-[0-9a-f-]{27})$/.test(rest)) return lineage;
  const [, name = rest, version] = /^(.+):(\d+)$/.exec(rest) ?? [];
  if (kind === "data") {
    return { to: version ? to.dataVersion(name, Number(version)) : to.data(name) };
  }
  if (rest.includes("@")) return lineage;
  return { to: version ? to.version(name, Number(version)) : to.model(name) };
}

interface GoProps {
  at: Address | string;
  children: ReactNode;
}

/** A link to the page of a thing. */
export function Go({ at, children }: GoProps) {
  const { to, search } = typeof at === "string" ? addressOf(at) : at;
  return (
    <Anchor component={Link} to={to} search={search as never}>
      {children}
    </Anchor>
  );
}
