import { ActionIcon, Popover, Stack, Text } from "@mantine/core";
import { CircleHelp } from "lucide-react";
import { type Schemas, useAsk } from "../../api/client";
import { useMay } from "../../app/may";
import { Worded } from "../../components/Worded";
import { Leave } from "./deeds";

type Move = Schemas["PossibleMove"];

/** The moves that are open to a version now, and why the others are not. */
export function Moves({ name, target }: { name: string; target: string }) {
  const may = useMay("approve");
  const { data } = useAsk("moves", may ? { target: { ref: target } } : null);
  const closed = data?.moves.filter(({ open }) => !open) ?? [];
  return (
    <>
      {data?.moves.map((move) => (
        <Leave key={move.move} name={name} target={target} move={move} />
      ))}
      {closed.length > 0 && <WhyNot of={closed} />}
    </>
  );
}

const WORDS: Record<Move["move"], string> = {
  promote: "promoted",
  demote: "demoted",
  rollback: "rolled back",
  retire: "retired",
};

function WhyNot({ of }: { of: Move[] }) {
  const label = `Why it cannot be ${of.map(({ move }) => WORDS[move]).join(" or ")}`;
  return (
    <Popover width={340} position="bottom-end" withArrow shadow="md">
      <Popover.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={label} title={label}>
          <CircleHelp size={16} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          {of.map(({ move, words }) => (
            <Text key={move} fz="sm" className="wrap">
              <b>Not {WORDS[move]}:</b> <Worded>{words}</Worded>
            </Text>
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
