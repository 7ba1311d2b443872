import { Alert, Button, Container, Modal, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { beginSession, type Problem, type Schemas, waysToSignIn } from "../api/client";
import { Trouble } from "../components/Page";
import { WHOAMI } from "./presence";

/** Asks again who somebody is whose session has ended; the page below stays as they left it. */
export function SignInAgain() {
  return (
    <Modal
      opened
      fullScreen
      withCloseButton={false}
      onClose={() => {}}
      attributes={{ content: { "aria-label": "Sign in again" } }}
    >
      <SignIn ended />
    </Modal>
  );
}

/** Asks who somebody is, where the server lets in accounts only. */
export function SignIn({ ended = false }: { ended?: boolean }) {
  const [token, setToken] = useState("");
  const queries = useQueryClient();
  const before = queries.getQueryData<Schemas["WhoamiResponse"]>(WHOAMI);
  const begin = useMutation<string, Problem, string>({
    mutationFn: beginSession,
    // Who is somebody else sees nothing of what was shown before.
    onSuccess: (name) =>
      name === before?.name ? queries.invalidateQueries() : queries.resetQueries(),
  });
  const ways = useQuery({ queryKey: ["sign-in"], queryFn: waysToSignIn }).data;
  return (
    <Container size={420} pt="10vh">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          begin.mutate(token.trim());
        }}
      >
        <Stack>
          <Title order={1}>Sign in to forebear</Title>
          {ended && (
            <Alert color="orange" variant="light" role="alert" title="Your session has ended">
              Sign in again to go on where you were: what you have written is still there.
            </Alert>
          )}
          <WentWrong />
          {ways?.oidc && (
            <Button component="a" href={`${ways.oidc}?back=${encodeURIComponent(here())}`}>
              Sign in with {ways.provider}
            </Button>
          )}
          <Text>
            This server lets in accounts only. <code>forebear token add</code> makes a token; it is
            kept in a cookie that no page can read.
          </Text>
          <PasswordInput
            label="Token"
            placeholder="fbr_…"
            required
            autoComplete="current-password"
            value={token}
            onChange={({ currentTarget }) => setToken(currentTarget.value)}
          />
          {begin.isError && <Trouble problem={begin.error} />}
          <Button type="submit" loading={begin.isPending}>
            Sign in
          </Button>
        </Stack>
      </form>
    </Container>
  );
}

const PAGE = "/ui/sign-in";
const WORDS: Record<string, string> = {
  forbidden: "Nobody with your address has an account here; an admin can add one.",
  unauthenticated: "It was not begun here, or took too long. Try again.",
};

/** The page that was asked for: whoever is known then gets it. */
function here(): string {
  const { pathname, search } = window.location;
  return pathname === PAGE ? "/ui/" : pathname + search;
}

/** What went wrong where a provider was asked who somebody is. */
function WentWrong() {
  const problem = new URLSearchParams(window.location.search).get("problem");
  if (window.location.pathname !== PAGE || problem === null) return null;
  return (
    <Alert color="red" variant="light" role="alert" title="That did not sign you in">
      {WORDS[problem] ?? "Try again, or ask whoever runs the server."}
    </Alert>
  );
}
