import { Kbd, Modal, Table } from "@mantine/core";

const KEYS: [string[], string][] = [
  [["←", "→"], "along links, to causes and to effects"],
  [["↑", "↓"], "to the next thing above or below in the picture"],
  [["Enter"], "show more of its neighbours"],
  [["Backspace"], "hide them again"],
  [["f"], "focus: only what has to do with it"],
  [["i"], "impact: the models, deployments and consumers it reaches"],
  [["c"], "open the columns of data"],
  [["s"], "show a run step by step"],
  [["/"], "find in the map"],
  [["Esc"], "choose nothing"],
];

/** The keys of the map. */
export function Help({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keys of the map">
      <Table>
        <Table.Tbody>
          {KEYS.map(([keys, words]) => (
            <Table.Tr key={words}>
              <Table.Td style={{ whiteSpace: "nowrap" }}>
                {keys.map((key) => (
                  <Kbd key={key}>{key}</Kbd>
                ))}
              </Table.Td>
              <Table.Td>{words}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      A double click starts anew at a thing. The address always leads back to the very same view.
    </Modal>
  );
}
