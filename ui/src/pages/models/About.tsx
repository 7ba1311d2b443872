import { Group, Text } from "@mantine/core";
import type { Schemas } from "../../api/client";
import { Verdict } from "../../components/marks";

/** What the catalog says of a thing, and what comes down to it. */
export function About({ card }: { card: Schemas["Card"] }) {
  const { owners, licences, tags, incidents } = card;
  const spdx = [...new Set(licences.map((one) => one.spdx))];
  return (
    <Group gap="lg" fz="sm">
      <Labelled label="Owner">
        {owners.map(({ who, role }) => `${who}${role === "owner" ? "" : ` (${role})`}`).join(", ")}
      </Labelled>
      <Labelled label="Licences of its data">{spdx.join(", ")}</Labelled>
      {tags.length > 0 && (
        <Labelled label="Tags">{[...new Set(tags.map((one) => one.tag))].join(", ")}</Labelled>
      )}
      {incidents.map(({ id, title }) => (
        <Verdict key={id} tone="bad">
          {title}
        </Verdict>
      ))}
    </Group>
  );
}

function Labelled({ label, children }: { label: string; children: string }) {
  return (
    <Text span fz="sm">
      <span className="quiet">{label}</span> {children || <span className="quiet">not known</span>}
    </Text>
  );
}
