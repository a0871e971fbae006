// CommonJS as UXP has it: `require` of plugin files relative to the requiring file, and of UXP's own modules.
declare const require: {
  (name: "premierepro"): Ppro;
  (name: "uxp"): Uxp;
  (name: string): any;
};
declare const module: { exports: any };
