import { RotateCcw } from "lucide-react";
import { useSession, useView } from "../../app/session";
import type { Node, NodeKind, ParamSpec, ParamValue } from "../../canvas/model";
import { Button, IconButton } from "../../ui/Button";
import { Select, Switch } from "../../ui/Field";
import { attempt } from "../../ui/toasts";
import type { ModelProfile } from "../../wire/api.gen";
import { lengthsOf } from "../models/facts";
import { DraftField } from "./DraftField";
import css from "./fields.module.css";
import { isLong, limits, read, shown, textOf, titleOf } from "./specs";

interface Props {
  node: Node;
  kind: NodeKind;
  /** The node's model, to say what it makes of a value. */
  profile: ModelProfile | undefined;
  fixed: string;
}

/** A node's parameters, as its kind says them. */
export function Params({ node, kind, profile, fixed }: Props) {
  return (
    <div className={css.params}>
      {kind.params.map((spec) => (
        <Param key={spec.name} node={node} spec={spec} profile={profile} fixed={fixed} />
      ))}
    </div>
  );
}

interface ParamProps extends Omit<Props, "kind"> {
  spec: ParamSpec;
}

function Param({ node, spec, profile, fixed }: ParamProps) {
  const session = useSession();
  const value = useView((view) => view.seen?.doc.nodes[node.id]?.params[spec.name]) ?? spec.default;
  const set = (next: ParamValue | null) =>
    session.commit([{ op: "set_param", node: node.id, name: spec.name, value: next }]);
  const usual = value === spec.default;
  return (
    <div className={`${css.row} ${spec.type === "bool" ? css.lone : ""}`}>
      <Field node={node} spec={spec} profile={profile} fixed={fixed} value={value} set={set} />
      {!usual && !fixed && !isLong(spec) && !spec.words.includes(textOf(spec.default)) && (
        <IconButton
          label={`Reset ${titleOf(spec).toLowerCase()} to ${shown(spec.name, spec.default)}`}
          onPress={() => void attempt(() => set(null))}
        >
          <RotateCcw size={14} aria-hidden />
        </IconButton>
      )}
    </div>
  );
}

interface FieldProps extends ParamProps {
  value: ParamValue;
  set(value: ParamValue): Promise<unknown>;
}

function Field({ node, spec, profile, fixed, value, set }: FieldProps) {
  if (spec.type === "bool") {
    return (
      <Switch isSelected={value === true} isDisabled={Boolean(fixed)} onChange={(is) => void attempt(() => set(is))}>
        {titleOf(spec)}
      </Switch>
    );
  }
  if (spec.type === "choice") {
    return (
      <Select
        label={titleOf(spec)}
        value={textOf(value)}
        isDisabled={Boolean(fixed)}
        choices={choicesOf(spec, profile)}
        onChange={(id) => {
          const chosen = spec.choices.find((one) => textOf(one) === id);
          if (chosen !== undefined && chosen !== value) void attempt(() => set(chosen));
        }}
      />
    );
  }
  const commit = async (text: string) => {
    const found = read(spec, text);
    if ("value" in found) await set(found.value);
  };
  return (
    <DraftField
      node={node.id}
      param={spec.name}
      label={titleOf(spec)}
      saved={textOf(value)}
      long={isLong(spec)}
      fixed={fixed}
      hint={hintOf(spec, profile)}
      wrong={(text) => {
        const found = read(spec, text);
        return "wrong" in found ? found.wrong : undefined;
      }}
      commit={commit}
    >
      {spec.words.some((word) => word !== value) && (
        <div className={css.words}>
          {spec.words.map((word) => (
            <Button key={word} look="quiet" isDisabled={word === value} onPress={() => void attempt(() => set(word))}>
              {`${titleOf(spec)}: ${word}`}
            </Button>
          ))}
        </div>
      )}
    </DraftField>
  );
}

/** A choice the model does not make exactly stays choosable: the bridge negotiates, and the plan says how. */
function choicesOf(spec: ParamSpec, profile: ModelProfile | undefined) {
  const makes = profile?.choices[spec.name];
  return spec.choices.map((one) => ({
    id: textOf(one),
    title: shown(spec.name, one),
    about: makes && !makes.includes(one) ? `${profile?.title ?? ""} makes the nearest it can` : undefined,
  }));
}

function hintOf(spec: ParamSpec, profile: ModelProfile | undefined): string | undefined {
  if (spec.type !== "int") return undefined;
  const lengths = spec.name === "duration_ms" && profile ? lengthsOf(profile) : "";
  return lengths ? `${profile?.title ?? "This model"} makes ${lengths}. In thousandths of a second.` : limits(spec);
}
