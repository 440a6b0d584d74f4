// @ts-check
// The form of a budget, for a new one and for one that is there.

import * as api from "../api.js";
import { asBudget } from "../budgets.js";
import { budgetFields } from "./budget-fields.js";
import { form } from "./form.js";

/**
 * @param {any} budget null for a new one
 * @param {any} first what a new one begins with
 * @param {import("./budget-fields.js").Known} known
 * @param {(saved: any) => void} done
 */
export function budgetForm(budget, first, known, done) {
  const send = async (/** @type {Record<string, any>} */ values) => {
    const body = asBudget(values);
    done(await (budget ? api.updateBudget(budget.id, body) : api.createBudget(body)));
  };
  const label = budget ? "Save" : "Make the budget";
  return form({ label, fields: budgetFields(budget ?? first, known), send }).element;
}
