import { Alert, Button, Checkbox, CopyButton, Group, Select, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { type Schemas, useDo } from "../../api/client";
import { FormWindow } from "../../components/FormWindow";
import { Trouble } from "../../components/Page";
import { moment } from "../../components/said";

type Scope = Schemas["TokenEntry"]["scopes"][number];

const SCOPES: Record<Scope, string> = {
  read: "read: ask everything that you may see",
  record: "record: runs, names, descriptions",
  approve: "approve: approvals and stages",
  admin: "admin: accounts and roles",
};
const USUAL: Scope[] = ["read", "record"];
const LIFETIMES = ["7 days", "30 days", "90 days", "365 days"];

/** Makes a token, and shows it this once. */
export function TokenForm({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<Scope[]>(USUAL);
  const [expires, setExpires] = useState("90 days");
  const make = useDo("token-add");
  return (
    <FormWindow
      opened
      title="Make a token"
      label="Make it"
      size="md"
      onClose={onClose}
      onSubmit={() => make.mutate({ name: name.trim(), scopes, expires })}
      pending={make.isPending}
      done={make.isSuccess}
      unready={scopes.length === 0 || !name.trim()}
    >
      {make.data ? (
        <Made of={make.data} />
      ) : (
        <>
          <TextInput
            label="What it is for"
            description="To tell it from others: “nightly training”, “laptop”."
            required
            data-autofocus
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <Checkbox.Group
            label="What it may do"
            description="Never more than you may."
            size="xs"
            value={scopes}
            onChange={(value) => setScopes(value as Scope[])}
          >
            {Object.entries(SCOPES).map(([scope, label]) => (
              <Checkbox key={scope} size="xs" mt={6} value={scope} label={label} />
            ))}
          </Checkbox.Group>
          <Select
            label="Good for"
            data={LIFETIMES}
            allowDeselect={false}
            value={expires}
            onChange={(value) => setExpires(value ?? "90 days")}
          />
          {make.error && <Trouble problem={make.error} />}
        </>
      )}
    </FormWindow>
  );
}

function Made({ of: { token, entry } }: { of: Schemas["TokenAddResponse"] }) {
  return (
    <Alert color="teal" variant="light" role="status" title="It is not shown again">
      <p className="mono wrap">{token}</p>
      <Group justify="space-between">
        <Text fz="sm" className="wrap">
          <code>FOREBEAR_TOKEN</code> says it to programs, until {moment(entry.expires)}.
        </Text>
        <CopyButton value={token}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? "Copied" : "Copy"}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Alert>
  );
}
