/** A workload that no rule objects to: examples are this text with the few lines changed that they are about. */
export const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: api-gateway
  namespace: ai-spm
spec:
  selector:
    matchLabels:
      app.kubernetes.io/name: api-gateway
  template:
    metadata:
      labels:
        app.kubernetes.io/name: api-gateway
    spec:
      automountServiceAccountToken: false
      securityContext:
        runAsNonRoot: true
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: api-gateway
          image: ghcr.io/ai-spm/api-gateway:1.4.2
          ports:
            - name: http
              containerPort: 5000
          resources:
            requests:
              cpu: 200m
              memory: 256Mi
            limits:
              memory: 512Mi
          startupProbe:
            httpGet:
              path: /api/health
              port: http
          readinessProbe:
            httpGet:
              path: /api/health
              port: http
          livenessProbe:
            httpGet:
              path: /api/health
              port: http
          securityContext:
            allowPrivilegeEscalation: false
            capabilities:
              drop: [ALL]
`;

/** A text with parts replaced, each part the first of its kind. @throws Error where a part does not occur. */
export function edit(text: string, changes: Readonly<Record<string, string>>): string {
  return Object.entries(changes).reduce((edited, [from, to]) => {
    if (!edited.includes(from)) throw new Error(`the example has no \`${from}\``);
    return edited.replace(from, () => to);
  }, text);
}

/** Several manifests as one stream. */
export function stream(...documents: readonly string[]): string {
  return documents.join('---\n');
}
