import { Alert, Button, Textarea, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type ReactNode, useState } from "react";
import { type Answer, type Asked, type Name, type Schemas, useDo } from "../../api/client";
import { FormWindow } from "../../components/FormWindow";
import { Trouble } from "../../components/Page";
import { Worded } from "../../components/Worded";
import { Outcomes } from "./Outcomes";

/** What somebody said in a form. */
interface Said {
  why: string;
  until: string;
  override: string;
}

interface DeedProps<N extends Name> {
  operation: N;
  /** On the button, and as the heading of the form. */
  label: string;
  title: string;
  /** What it does, in a sentence. */
  about: ReactNode;
  request: (said: Said) => Asked<N>;
  /** What came of it. */
  told: (answer: Answer<N>) => { well: boolean; words: string; outcomes?: Schemas["Outcome"][] };
  /** Whether it can be for a time. */
  until?: string;
  /** Whether what is missing may be overridden, with a reason. */
  override?: boolean;
  main?: boolean;
  /** It can be done now; what came of it is shown also where it no longer can. */
  offered?: boolean;
}

/** A button for a decision, and the form that asks for its reason. */
function Deed<N extends Name>(props: DeedProps<N>) {
  const { operation, label, title, about, request, told, until, override, main } = props;
  const { offered = true } = props;
  const [open, { open: show, close }] = useDisclosure();
  const [said, setSaid] = useState<Said>({ why: "", until: "", override: "" });
  const deed = useDo(operation);
  const say = (change: Partial<Said>) => setSaid((before) => ({ ...before, ...change }));
  const leave = () => {
    close();
    deed.reset();
  };
  return (
    <>
      {offered && (
        <Button variant={main ? "filled" : "default"} onClick={show}>
          {label}
        </Button>
      )}
      <FormWindow
        title={title}
        label={label}
        opened={open}
        onClose={leave}
        onSubmit={() => deed.mutate(request(said))}
        pending={deed.isPending}
        done={deed.isSuccess}
      >
        {!deed.isSuccess && <div>{about}</div>}
        <Textarea
          label="Why"
          description="Kept with it for good."
          required
          autosize
          minRows={2}
          value={said.why}
          onChange={({ currentTarget }) => say({ why: currentTarget.value })}
        />
        {override && (
          <Textarea
            label="Override what is missing, because"
            description="Signed, and shown with the version until it runs out."
            autosize
            value={said.override}
            onChange={({ currentTarget }) => say({ override: currentTarget.value })}
          />
        )}
        {(until !== undefined || override) && (
          <TextInput
            type="date"
            label={until ?? "The override runs out on"}
            required={said.override !== ""}
            value={said.until}
            onChange={({ currentTarget }) => say({ until: currentTarget.value })}
          />
        )}
        {deed.isError && <Trouble problem={deed.error} />}
        {deed.isSuccess && <Came {...told(deed.data)} />}
      </FormWindow>
    </>
  );
}

interface CameProps {
  well: boolean;
  words: string;
  outcomes?: Schemas["Outcome"][];
}

function Came({ well, words, outcomes = [] }: CameProps) {
  return (
    <Alert color={well ? "teal" : "orange"} variant="light" title={words} role="status">
      {!well && <Outcomes of={outcomes.filter(({ state }) => state !== "passed")} />}
    </Alert>
  );
}

const moved = (answer: Schemas["MoveResponse"]) => ({
  well: answer.moved,
  words: answer.verdict,
  outcomes: answer.outcomes,
});
const day = (said: string) => said || null;

interface ApproveProps {
  target: string;
  policy: string;
  decision: "approved" | "rejected";
  offered: boolean;
}

/** Approve a version for a stage, or reject it. */
export function Approve({ target, policy, decision, offered }: ApproveProps) {
  const label = decision === "approved" ? "Approve" : "Reject";
  return (
    <Deed
      operation="approve"
      label={label}
      title={`${label} ${target.replace("model:", "")} for ${policy}`}
      about={
        decision === "approved"
          ? "It is bound to this content and to the policy as it is now. Who made the version cannot approve it."
          : "It cannot enter until you approve it."
      }
      offered={offered}
      until="Until"
      request={({ why, until }) => ({
        target: { ref: target },
        policy,
        decision,
        why,
        until: day(until),
      })}
      told={({ by, version, decision: done }) => ({
        well: true,
        words: `${by} ${done} ${version} for ${policy}.`,
      })}
    />
  );
}

interface PromoteProps {
  target: string;
  stage: string;
  /** It meets the policy. */
  well: boolean;
  offered: boolean;
}

/** Let a version enter a stage. */
export function Promote({ target, stage, well, offered }: PromoteProps) {
  return (
    <Deed
      operation="promote"
      label={`Promote to ${stage}`}
      title={`Promote ${target.replace("model:", "")} to ${stage}`}
      about={
        well
          ? "It meets the policy, and takes the place of the version that is there."
          : "It does not meet the policy. It enters only where you override what is missing."
      }
      offered={offered}
      override={!well}
      main={well}
      request={({ why, override, until }) => ({
        target: { ref: target },
        stage,
        why,
        override: override || null,
        until: override ? day(until) : null,
      })}
      told={moved}
    />
  );
}

interface LeaveProps {
  name: string;
  target: string;
  move: Schemas["PossibleMove"];
}

/** Let a version leave its stage by a move, if that is open to it. */
export function Leave({ name, target, move: { move, words, stage, open } }: LeaveProps) {
  const about = <Worded>{words}</Worded>;
  const title = target.replace("model:", "");
  if (move === "rollback") {
    return (
      <Deed
        operation="rollback"
        label="Roll back"
        offered={open}
        title={`Roll back ${stage} of ${name}`}
        about={<>{about} It needs no approval.</>}
        request={({ why }) => ({ name, stage: stage ?? "", why })}
        told={moved}
      />
    );
  }
  if (move === "retire") {
    return (
      <Deed
        operation="retire"
        label="Retire"
        offered={open}
        title={`Retire ${title}`}
        about={<>{about} It is used no more, and leaves every stage.</>}
        request={({ why }) => ({ target: { ref: target }, why })}
        told={moved}
      />
    );
  }
  return (
    <Deed
      operation="demote"
      label="Demote"
      offered={open}
      title={`Demote ${title}`}
      about={about}
      request={({ why }) => ({ target: { ref: target }, why })}
      told={moved}
    />
  );
}
