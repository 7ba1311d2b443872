import { Code, Group, Paper, Stack, Text } from "@mantine/core";
import { AlertTriangle, Clock, Database, Gauge, ListX, OctagonAlert, Waves } from "lucide-react";
import type { ComponentType } from "react";
import type { Schemas } from "../../api/client";
import { to } from "../../app/address";
import { type Address, addressOf, Go } from "../../components/Go";
import { Time, Verdict } from "../../components/marks";

type Concern = Schemas["Concern"];

const KINDS: Record<Concern["kind"], [string, ComponentType<{ size?: number }>]> = {
  recall: ["recall", OctagonAlert],
  incident: ["incident", AlertTriangle],
  quality: ["failing checks", ListX],
  drift: ["drift", Waves],
  expiry: ["runs out", Clock],
  freshness: ["late data", Database],
  audit: ["below the bar", Gauge],
};

/** What needs somebody, each with the page where something can be done about it. */
export function Concerns({ rows }: { rows: Concern[] }) {
  return (
    <Stack gap={6} component="ul" p={0} m={0} style={{ listStyle: "none" }}>
      {rows.map((one) => (
        <li key={`${one.kind} ${one.ref} ${one.words}`}>
          <One concern={one} />
        </li>
      ))}
    </Stack>
  );
}

function One({ concern }: { concern: Concern }) {
  const { kind, urgent, ref, words, command, at } = concern;
  const [said, Icon] = KINDS[kind];
  return (
    <Paper withBorder px="sm" py={8}>
      <Group gap="xs" mb={2}>
        <Icon size={14} />
        <Go at={pageOf(concern)}>{ref}</Go>
        <Verdict tone={urgent ? "bad" : "warn"}>{urgent ? `${said}, now` : said}</Verdict>
        {at && (
          <Text fz="xs" c="dimmed">
            <Time at={at} />
          </Text>
        )}
      </Group>
      <Text fz="sm" className="wrap">
        {words}
      </Text>
      <Code fz="xs">{command}</Code>
    </Paper>
  );
}

/** Return where something can be done about a concern. */
export function pageOf({ kind, ref }: Pick<Concern, "kind" | "ref">): Address {
  const [, name, version] = /^(.+):(\d+)$/.exec(ref) ?? [];
  if (name !== undefined && kind === "audit") {
    return { to: `${to.version(name, Number(version))}/audit` };
  }
  const page = addressOf(ref);
  return kind === "expiry" ? { ...page, search: { part: "policy" } } : page;
}
