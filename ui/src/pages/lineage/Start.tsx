import { Anchor, Group, Stack, Text } from "@mantine/core";
import { useAsk } from "../../api/client";
import { Answered, Section } from "../../components/Page";
import { ICONS } from "./sorts";
import { TargetBox } from "./TargetBox";
import type { Act } from "./view";

const FEW = 30;

/** Where one may begin: any ref, or one of the names of the store. */
export function Start({ act }: { act: (act: Act) => void }) {
  const models = useAsk("models", {});
  const data = useAsk("data", {});
  return (
    <Stack gap="md" className="lineage">
      <TargetBox label="Start at" start="" onPick={(target) => act({ do: "go", target })} />
      <Section title="Models">
        <Answered query={models} empty={({ models: all }) => all.length === 0 && "No model yet."}>
          {({ models: all }) => (
            <Names sort="model" names={all.map(({ name }) => name)} act={act} prefix="model:" />
          )}
        </Answered>
      </Section>
      <Section title="Data">
        <Answered query={data} empty={(answer) => answer.data.length === 0 && "No data yet."}>
          {(answer) => (
            <Names
              sort="data"
              names={answer.data.map(({ name }) => name)}
              act={act}
              prefix="data:"
            />
          )}
        </Answered>
      </Section>
    </Stack>
  );
}

function Names({
  sort,
  names,
  prefix,
  act,
}: {
  sort: "model" | "data";
  names: string[];
  prefix: string;
  act: (act: Act) => void;
}) {
  const Icon = ICONS[sort];
  return (
    <Group gap="xs">
      {names.slice(0, FEW).map((name) => (
        <Anchor
          key={name}
          component="button"
          type="button"
          onClick={() => act({ do: "go", target: `${prefix}${name}` })}
        >
          <Icon size={12} aria-hidden="true" /> {name}
        </Anchor>
      ))}
      {names.length > FEW && (
        <Text fz="xs" c="dimmed">
          and {names.length - FEW} more; the box above finds them
        </Text>
      )}
    </Group>
  );
}
