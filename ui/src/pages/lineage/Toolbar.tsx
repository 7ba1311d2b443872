import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  Menu,
  NativeSelect,
  NumberInput,
  Popover,
  Stack,
  Switch,
  Text,
  TextInput,
  Tooltip,
} from "@mantine/core";
import {
  CircleHelp,
  Columns2,
  Crosshair,
  Download,
  Filter,
  List,
  Network,
  Radiation,
  Route,
} from "lucide-react";
import { memo, type ReactNode, type RefObject, useState } from "react";
import { type Picture, save } from "./export";
import type { Shown } from "./graph";
import { TargetBox } from "./TargetBox";
import { ABOUTS, type Act, GRADES, SORTS, STATES, toggled, type View } from "./view";

interface ToolbarProps {
  view: View;
  act: (act: Act) => void;
  shown: Shown | undefined;
  /** What lies where on the map; nothing before it was drawn. */
  picture: RefObject<Picture | undefined>;
  find: RefObject<HTMLInputElement | null>;
  onHelp: () => void;
}

/** What can be done with the map as a whole. */
export const Toolbar = memo(({ view, act, shown, picture, find, onHelp }: ToolbarProps) => {
  const here = view.at || view.target;
  return (
    <Group gap={6} role="toolbar" aria-label="Explorer" className="no-print">
      <TargetBox
        key={view.target}
        label="Start at"
        start={view.target}
        onPick={(target) => act({ do: "go", target })}
      />
      <Depth label="Up" value={view.up} onChange={(up) => act({ do: "depth", up })} />
      <Depth label="Down" value={view.down} onChange={(down) => act({ do: "depth", down })} />
      <Filters view={view} act={act} />
      <Tool
        label="Focus on what is chosen"
        on={view.mode === "focus"}
        disabled={view.at === ""}
        onClick={() => act({ do: "focus" })}
      >
        <Crosshair size={15} />
      </Tool>
      <Tool
        label="Impact: what it reaches"
        on={view.mode === "impact"}
        onClick={() => act({ do: "impact", target: here })}
      >
        <Radiation size={15} />
      </Tool>
      <Ask
        icon={<Route size={15} />}
        label="Path to …"
        onPick={(toward) => act({ do: "path", toward })}
      />
      <Ask
        icon={<Columns2 size={15} />}
        label="Compare with …"
        onPick={(other) => act({ do: "compare", other })}
      />
      <FindHere shown={shown} act={act} find={find} />
      <Tool
        label={view.list ? "Show the map" : "Show as a list"}
        on={view.list}
        onClick={() => act({ do: "list", on: !view.list })}
      >
        {view.list ? <Network size={15} /> : <List size={15} />}
      </Tool>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" aria-label="Export" disabled={shown === undefined}>
            <Download size={15} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {(["svg", "png", "csv"] as const).map((form) => (
            <Menu.Item
              key={form}
              disabled={view.list && form !== "csv"}
              onClick={() => shown && void save(form, view.target, shown, picture.current)}
            >
              {form.toUpperCase()}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Tool label="Keys and help" onClick={onHelp}>
        <CircleHelp size={15} />
      </Tool>
    </Group>
  );
});

function Tool({
  label,
  on = false,
  disabled = false,
  onClick,
  children,
}: {
  label: string;
  on?: boolean;
  disabled?: boolean;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant={on ? "filled" : "default"}
        aria-label={label}
        aria-pressed={on}
        disabled={disabled}
        onClick={onClick}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

function Depth({
  label,
  value,
  onChange,
}: {
  label: string;
  value: number;
  onChange: (value: number) => void;
}) {
  return (
    <NumberInput
      aria-label={`${label}: links to go`}
      leftSection={
        <Text fz="xs" c="dimmed" span>
          {label}
        </Text>
      }
      leftSectionWidth={46}
      w={98}
      size="xs"
      min={0}
      max={99}
      value={value}
      onChange={(said) => typeof said === "number" && onChange(said)}
    />
  );
}

function Ask({
  icon,
  label,
  onPick,
}: {
  icon: ReactNode;
  label: string;
  onPick: (ref: string) => void;
}) {
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} trapFocus withinPortal>
      <Popover.Target>
        <Tooltip label={label}>
          <ActionIcon variant="default" aria-label={label} onClick={() => setOpened(!opened)}>
            {icon}
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={8}>
        <TargetBox
          label={label}
          start=""
          onPick={(ref) => {
            setOpened(false);
            onPick(ref);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

function FindHere({
  shown,
  act,
  find,
}: {
  shown: Shown | undefined;
  act: (act: Act) => void;
  find: RefObject<HTMLInputElement | null>;
}) {
  const [words, setWords] = useState("");
  const wanted = words.trim().toLowerCase();
  const found = wanted
    ? (shown?.nodes ?? []).filter(({ title }) => title.toLowerCase().includes(wanted))
    : [];
  const [next, setNext] = useState(0);
  return (
    <TextInput
      ref={find}
      size="xs"
      w={150}
      aria-label="Find in the map"
      placeholder="Find here"
      value={words}
      onChange={(event) => {
        setWords(event.currentTarget.value);
        setNext(0);
      }}
      onKeyDown={(event) => {
        const hit = found[next % Math.max(found.length, 1)];
        if (event.key !== "Enter" || hit === undefined) return;
        act({ do: "choose", id: hit.id });
        setNext(next + 1);
      }}
      rightSection={
        wanted ? (
          <Text fz={10} c="dimmed" span aria-live="polite">
            {found.length}
          </Text>
        ) : null
      }
    />
  );
}

function Filters({ view, act }: { view: View; act: (act: Act) => void }) {
  const { sorts, status, evidence, context, steps, about } = view;
  const count = sorts.length + status.length + about.length + (evidence ? 1 : 0);
  return (
    <Popover withinPortal position="bottom-start" trapFocus>
      <Popover.Target>
        <Button variant="default" size="xs" leftSection={<Filter size={13} />} h={28}>
          Filter{count > 0 ? ` (${count})` : ""}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="sm">
        <Group align="flex-start" gap="lg">
          <Choices
            title="Only these"
            words={SORTS}
            on={sorts}
            onChange={(chosen) => act({ do: "filter", by: { sorts: chosen } })}
          />
          <Choices
            title="Runs that are"
            words={STATES}
            on={status}
            onChange={(chosen) => act({ do: "filter", by: { status: chosen } })}
          />
          <Choices
            title="Judged by"
            words={ABOUTS}
            on={about.length > 0 ? about : ABOUTS.filter((word) => word !== "drift")}
            onChange={(chosen) => act({ do: "filter", by: { about: chosen } })}
          />
          <Stack gap={6}>
            <NativeSelect
              label="Known at least as"
              size="xs"
              value={evidence}
              data={[
                { value: "", label: "any evidence" },
                ...GRADES.map((word) => ({ value: word as string, label: word as string })),
              ]}
              onChange={(event) =>
                act({ do: "filter", by: { evidence: event.currentTarget.value } })
              }
            />
            <Switch
              size="xs"
              label="Runs step by step"
              checked={steps}
              onChange={() => act({ do: "filter", by: { steps: !steps } })}
            />
            <Switch
              size="xs"
              label="Code and environments"
              checked={context}
              onChange={() => act({ do: "filter", by: { context: !context } })}
            />
          </Stack>
        </Group>
      </Popover.Dropdown>
    </Popover>
  );
}

function Choices({
  title,
  words,
  on,
  onChange,
}: {
  title: string;
  words: readonly string[];
  on: readonly string[];
  onChange: (chosen: string[]) => void;
}) {
  return (
    <Stack gap={4} role="group" aria-label={title}>
      <Text fz="xs" fw={600}>
        {title}
      </Text>
      {words.map((word) => (
        <Checkbox
          key={word}
          size="xs"
          label={word}
          checked={on.includes(word)}
          onChange={() => onChange(toggled([...on], word))}
        />
      ))}
    </Stack>
  );
}
