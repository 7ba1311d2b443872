import { Alert } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { type Answer, ask, keyOf, type Problem } from "../api/client";

const KNOCK = 4_000;
export const WHOAMI = keyOf("whoami", {});

/** Who looks, and whether the server is there; one that was gone is asked until it is back. */
export function usePresence() {
  const queries = useQueryClient();
  const who = useQuery<Answer<"whoami">, Problem>({
    queryKey: WHOAMI,
    queryFn: ({ signal }) => ask("whoami", {}, signal),
    refetchInterval: ({ state }) => (state.error?.status === 0 ? KNOCK : false),
    retry: false,
  });
  // One of whom nothing is known yet has no error while it is asked again.
  const [gone, setGone] = useState(false);
  const { isPending, error } = who;
  useEffect(() => {
    if (!isPending) setGone(error?.status === 0);
  }, [isPending, error]);
  const was = useRef(gone);
  useEffect(() => {
    // What failed meanwhile is asked again.
    if (was.current && !gone) void queries.invalidateQueries();
    was.current = gone;
  }, [gone, queries]);
  return { who, gone };
}

/** Says that the server is gone, above whatever is shown of before. */
export function Gone() {
  return (
    <Alert color="red" variant="light" role="alert" mb="md" title="The server does not answer">
      What is here may be old, and nothing can be decided until it is back. It is asked again every
      few seconds; <code>forebear serve</code> starts it.
    </Alert>
  );
}
