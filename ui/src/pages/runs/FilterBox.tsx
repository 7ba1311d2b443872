import { ActionIcon, Anchor, Code, Group, Popover, Stack, Text, TextInput } from "@mantine/core";
import { CircleHelp, ListFilter } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { and } from "./fields";

interface FilterBoxProps {
  where: string;
  /** Fields that are known, to be chosen from. */
  fields: string[];
  onWhere: (where: string) => void;
  /** What stands beside the box. */
  children?: ReactNode;
}

const EXAMPLES = [
  "status = 'failed'",
  "duration > 3600",
  "started > '2026-03-01'",
  "model = 'churn'",
  "data = 'adult'",
  "name LIKE 'train%'",
  "(status = 'failed' or duration > 3600)",
];
const MOST = 24;

/** The box in which runs are filtered; what was written counts when Enter is pressed. */
export function FilterBox({ where, fields, onWhere, children }: FilterBoxProps) {
  const [text, setText] = useState(where);
  useEffect(() => setText(where), [where]);
  return (
    <Group
      gap="xs"
      component="form"
      role="search"
      aria-label="Runs"
      {...submits(() => onWhere(text.trim()))}
    >
      <TextInput
        flex="1 1 260px"
        maw={640}
        aria-label="Filter of runs"
        placeholder="metrics.f1 > 0.8 and params.depth = 5 and status = 'finished'"
        spellCheck={false}
        classNames={{ input: "mono" }}
        leftSection={<ListFilter size={13} />}
        rightSection={<Help fields={fields} onPick={(more) => setText(and(text, more))} />}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        onBlur={() => onWhere(text.trim())}
      />
      {children}
    </Group>
  );
}

const submits = (go: () => void) => ({
  onSubmit: (event: { preventDefault: () => void }) => {
    event.preventDefault();
    go();
  },
});

function Help({ fields, onPick }: { fields: string[]; onPick: (more: string) => void }) {
  const pick = (label: string, more: string) => (
    <Anchor
      key={label}
      component="button"
      type="button"
      className="mono"
      // The box must not lose what is in it before this is added to it.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => onPick(more)}
    >
      {label}
    </Anchor>
  );
  return (
    <Popover width={340} position="bottom-end" withArrow shadow="md" trapFocus={false}>
      <Popover.Target>
        <ActionIcon variant="subtle" color="gray" size="sm" aria-label="How filters are written">
          <CircleHelp size={14} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <Text fz="sm">
            Comparisons (<Code>= != &lt; &lt;= &gt; &gt;= LIKE IN</Code>, <Code>IS NULL</Code>)
            joined by <Code>and</Code>, <Code>or</Code>, <Code>not</Code>, with brackets. Texts are
            in quotes.
          </Text>
          <Group gap={10}>{EXAMPLES.map((example) => pick(example, example))}</Group>
          {fields.length > 0 && (
            <>
              <Text fz="xs" c="dimmed">
                Figures and settings of these runs
              </Text>
              <Group gap={10}>
                {fields.slice(0, MOST).map((field) => pick(field, `${field} > `))}
              </Group>
            </>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
