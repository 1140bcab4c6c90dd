import globals from "globals";
import js from "@eslint/js";

export default [
    js.configs.recommended,
    {
        languageOptions: {
            ecmaVersion: 2022,
            sourceType: "module",
            globals: {...globals.browser, odoo: "readonly"},
        },
        rules: {
            curly: "error",
            eqeqeq: "error",
            "no-console": "error",
            "no-var": "error",
            "prefer-const": "error",
        },
    },
];
