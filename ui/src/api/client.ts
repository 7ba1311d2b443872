import { type UseQueryResult, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

/** The types of all requests and answers, by the names they have in `ops/`. */
export type Schemas = components["schemas"];
export type ProblemDetails = Schemas["ProblemDetails"];

type Operations = {
  [Path in keyof paths as Path extends `/api/v1/${infer Name}`
    ? Name
    : never]: paths[Path] extends {
    post: {
      requestBody: { content: { "application/json": infer Request } };
      responses: { 200: { content: { "application/json": infer Answer } } };
    };
  }
    ? { request: Request; answer: Answer }
    : never;
};

/** The name of an operation, as in `/api/v1/NAME`. */
export type Name = {
  [One in keyof Operations]: Operations[One] extends never ? never : One;
}[keyof Operations];
export type Asked<N extends Name> = Operations[N]["request"];
export type Answer<N extends Name> = Operations[N]["answer"];

/** What the server says went wrong (RFC 9457), or that it can't be reached. */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly hint: string | undefined;

  constructor(details: Partial<ProblemDetails>) {
    super(details.detail ?? "The server does not answer.");
    this.code = details.code ?? "unreachable";
    this.status = details.status ?? 0;
    this.hint = details.hint ?? undefined;
  }
}

type Plain = (
  path: string,
  init: { body: unknown; signal: AbortSignal | undefined },
) => Promise<{ data?: unknown; error?: unknown }>;

const http = createClient<paths>({ baseUrl: globalThis.location?.origin ?? "" });

/** Ask an operation, or do one. Throws a `Problem`. */
export async function ask<N extends Name>(
  name: N,
  request: Asked<N>,
  signal?: AbortSignal,
): Promise<Answer<N>> {
  // Name and request are matched above, for all operations at once; the library can't see that.
  const post = http.POST as unknown as Plain;
  const { data, error } = await post(`/api/v1/${name}`, { body: request, signal }).catch(
    (failure: unknown) => {
      if (signal?.aborted) throw failure;
      throw new Problem({ hint: "Is `forebear serve` still running?" });
    },
  );
  if (error !== undefined) throw new Problem(error as ProblemDetails);
  return data as Answer<N>;
}

/** Begin a session with a token, and return whose it is; a cookie keeps it. Throws a `Problem`. */
export async function beginSession(token: string): Promise<string> {
  const { data, error } = await http.POST("/api/v1/session", { body: { token } });
  if (data === undefined) throw new Problem(error as ProblemDetails);
  return data.name;
}

type Ways = paths["/api/v1/sign-in"]["get"]["responses"][200]["content"]["application/json"];

/** Ask how a browser signs in here; `null` where the server does not say. */
export async function waysToSignIn(): Promise<Ways | null> {
  const { data } = await http.GET("/api/v1/sign-in");
  return data ?? null;
}

export async function endSession(): Promise<void> {
  // The client's types know one method of an address; this one takes two.
  await fetch("/api/v1/session", { method: "DELETE" });
}

const CONFLICT = 409;

/** The key under which an answer is remembered. */
export const keyOf = <N extends Name>(name: N, request: Asked<N>) => [name, request] as const;

/** Ask an operation and keep its answer fresh while it is shown; `null` asks nothing. */
export function useAsk<N extends Name>(
  name: N,
  request: Asked<N> | null,
): UseQueryResult<Answer<N>, Problem> {
  return useQuery<Answer<N>, Problem>({
    queryKey: [name, request],
    queryFn: ({ signal }) => ask(name, request as Asked<N>, signal),
    enabled: request !== null,
  });
}

/** Do an operation that writes; afterwards, or where it came too late, all that is shown is asked again. */
export function useDo<N extends Name>(name: N) {
  const queries = useQueryClient();
  return useMutation<Answer<N>, Problem, Asked<N>>({
    mutationFn: (request) => ask(name, request),
    onSuccess: () => queries.invalidateQueries(),
    onError: ({ status }) => {
      if (status === CONFLICT) void queries.invalidateQueries();
    },
  });
}
