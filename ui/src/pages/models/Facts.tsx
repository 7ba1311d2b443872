import { Table } from "@mantine/core";
import type { ReactNode } from "react";
import type { Schemas } from "../../api/client";
import { Digest, Reason, type Tone, Verdict } from "../../components/marks";
import { Section } from "../../components/Page";
import { bytes, figure } from "../../components/said";

type View = Schemas["ArtifactView"];

/** What a version is and where it lies, and whether it was made again. */
export function Facts({ view }: { view: View }) {
  const { node, locations, versions } = view;
  const facts: [string, ReactNode][] = [
    ["Content", node.digest && <Digest of={node.digest} />],
    ["File", node.label],
    ["Format", node.format],
    ["Size", node.size ? bytes(node.size) : null],
    ["Shape", node.rows ? `${figure(node.rows)} × ${figure(node.columns)}` : null],
    ["Names", versions.map(({ name, version }) => `${name}:${version}`).join(", ")],
    ["Seen at", locations.map(({ uri }) => uri).join(", ")],
  ];
  return (
    <Section title="What it is">
      <Pairs of={facts} />
      <Reproductions of={view.reproductions} />
    </Section>
  );
}

/** Facts under their labels; those that are not known are left out. */
export function Pairs({ of }: { of: [string, ReactNode][] }) {
  return (
    <Table withRowBorders={false} verticalSpacing={2} maw={900} layout="fixed">
      <Table.Tbody>
        {of
          .filter(([, value]) => Boolean(value))
          .map(([label, value]) => (
            <Table.Tr key={label}>
              <Table.Th w={120} c="dimmed" fw={400} style={{ verticalAlign: "top" }}>
                {label}
              </Table.Th>
              <Table.Td className="wrap">{value}</Table.Td>
            </Table.Tr>
          ))}
      </Table.Tbody>
    </Table>
  );
}

const VERDICTS: Record<string, Tone> = {
  bitwise: "good",
  numerical: "good",
  decision: "warn",
  refuted: "bad",
};

/** How equal it came out when it was made again. */
function Reproductions({ of }: { of: Schemas["Reproduction"][] }) {
  if (of.length === 0) {
    return (
      <p className="quiet">
        It was never made again; <code>forebear reproduce</code> tries.
      </p>
    );
  }
  return of.map(({ at, by, reason, run, verdict }) => (
    <div key={run}>
      <Verdict tone={VERDICTS[verdict] ?? "none"}>{`made again: ${verdict}`}</Verdict>{" "}
      <Reason who={by} at={at} why={reason} />
    </div>
  ));
}
