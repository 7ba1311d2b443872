import { type Schemas, useAsk } from "../api/client";

type Permission = Schemas["WhoamiResponse"]["permissions"][string][number];

/**
 * Tell whether whoever looks may do something in some workspace: what nobody lets them do is not
 * offered. Until that is known nothing is; the server has the last word.
 */
export function useMay(permission: Permission): boolean {
  const { data } = useAsk("whoami", {});
  return Object.values(data?.permissions ?? {}).some((given) => given.includes(permission));
}
