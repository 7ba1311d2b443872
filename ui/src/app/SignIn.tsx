import { Alert, Button, Container, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { beginSession, type Problem } from "../api/client";

/** Asks who somebody is, where the server lets in accounts only. */
export function SignIn() {
  const [token, setToken] = useState("");
  const queries = useQueryClient();
  const begin = useMutation<void, Problem, string>({
    mutationFn: beginSession,
    onSuccess: () => queries.resetQueries(),
  });
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
          {begin.isError && (
            <Alert color="red" variant="light" role="alert" title={begin.error.message}>
              {begin.error.hint}
            </Alert>
          )}
          <Button type="submit" loading={begin.isPending}>
            Sign in
          </Button>
        </Stack>
      </form>
    </Container>
  );
}
