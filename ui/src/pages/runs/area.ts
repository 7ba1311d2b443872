import { Play } from "lucide-react";
import type { Area } from "../../app/area";

export default {
  nav: { label: "Runs", to: "/runs", order: 3, icon: Play },
  pages: [{ path: "/runs", load: () => import("./Runs") }],
} satisfies Area;
