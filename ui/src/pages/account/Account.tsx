import { Button, Text } from "@mantine/core";
import { type Schemas, useAsk } from "../../api/client";
import { useSignOut } from "../../app/Who";
import { Verdict } from "../../components/marks";
import { Answered, Page, Section } from "../../components/Page";
import { Table } from "../../components/Table";
import { Tokens } from "./Tokens";

type Whoami = Schemas["WhoamiResponse"];
type Permission = Whoami["permissions"][string][number];

/** What each permission lets somebody do, in words. */
const MAY: Record<Permission, string> = {
  self: "look after their own account",
  read: "look at everything",
  write: "record, name, describe, deploy and recall",
  approve: "approve versions and move them between stages",
  audit: "read who did what",
  admin: "give roles and erase names",
};

/** Who looks, what they may do where, and the tokens of their own. */
export default function Account() {
  const query = useAsk("whoami", {});
  const leave = useSignOut();
  const who = query.data;
  return (
    <Page
      title={who?.name ?? "Account"}
      verdict={who && verdict(who)}
      actions={
        who?.signed_in && (
          <Button variant="default" onClick={leave}>
            Sign out
          </Button>
        )
      }
    >
      <Answered query={query}>
        {(answer) =>
          answer.signed_in ? (
            <>
              <Places who={answer} />
              <Tokens />
            </>
          ) : (
            <NoAccounts />
          )
        }
      </Answered>
    </Page>
  );
}

const place = (workspace: string) => (workspace === "*" ? "everywhere" : workspace);

function verdict({ signed_in, roles = [], workspace }: Whoami): string {
  if (!signed_in) return "This server knows no accounts: whoever reaches it may do everything.";
  const held = roles.map((one) => `${one.role} ${where(one.workspace)}`);
  return `Signed in as ${held.join(", ") || "somebody without a role"}; works in ${workspace}.`;
}

const where = (workspace: string) => (workspace === "*" ? "everywhere" : `in ${workspace}`);

function NoAccounts() {
  return (
    <Text c="dimmed">
      It is called by the name of whoever started it, and that name stands beside what is decided
      here. <code>forebear serve --access accounts</code> lets in accounts only, each with roles and
      tokens of its own.
    </Text>
  );
}

/** What somebody may do in which workspace. */
function Places({ who: { permissions, roles = [] } }: { who: Whoami }) {
  const rows = Object.entries(permissions);
  return (
    <Section title="What you may do">
      <Table
        label="What you may do"
        rows={rows}
        rowKey={([workspace]) => workspace}
        columns={[
          { label: "Workspace", cell: ([workspace]) => <b>{place(workspace)}</b> },
          {
            label: "Roles",
            cell: ([workspace]) =>
              roles
                .filter((one) => one.workspace === workspace || one.workspace === "*")
                .map(({ role, workspace: of }) => (
                  <Verdict key={`${role} ${of}`} tone="none">
                    {role}
                  </Verdict>
                )),
          },
          {
            label: "May",
            cell: ([, given]) => (
              <span className="wrap">{given.map((one) => MAY[one]).join("; ")}</span>
            ),
          },
        ]}
      />
    </Section>
  );
}
