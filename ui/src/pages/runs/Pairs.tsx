import { Group, Select, Stack } from "@mantine/core";
import { useView } from "../../app/address";
import { Section } from "../../components/Page";
import { CodeDiff } from "./CodeDiff";
import type { Compared } from "./Compare";
import { EnvironmentDiff } from "./EnvironmentDiff";

/** The code and the environments of two of the runs. */
export function Pairs({ of: { runs } }: Compared) {
  const [view, change] = useView({ left: "", right: "" });
  const choices = runs.map(({ id, name, made }) => ({
    value: `run:${id}`,
    label: `${made?.[0] ?? name} · ${id.slice(0, 13)}`,
  }));
  const known = (value: string, place: number) =>
    choices.some((one) => one.value === value) ? value : (choices[place]?.value ?? "");
  const [left, right] = [known(view.left, 0), known(view.right, 1)];
  return (
    <Stack gap="lg">
      <Group gap="xs">
        <Select
          label="Before"
          w={280}
          data={choices}
          value={left}
          allowDeselect={false}
          onChange={(value) => change({ left: value ?? "" })}
        />
        <Select
          label="Now"
          w={280}
          data={choices}
          value={right}
          allowDeselect={false}
          onChange={(value) => change({ right: value ?? "" })}
        />
      </Group>
      <Section title="Code">
        <CodeDiff left={left} right={right} />
      </Section>
      <Section title="Environment">
        <EnvironmentDiff left={left} right={right} />
      </Section>
    </Stack>
  );
}
