{{/* What is wrong with values that the schema cannot say, or not so that it helps. */}}
{{- define "akr.refusals" -}}
{{- $wanted := dict "definitions" .Values.crds.enabled "policies" (has true (values .Values.policies)) -}}
{{- range $folder, $isWanted := $wanted -}}
{{- if and $isWanted (not ($.Files.Glob (printf "%s/*.yaml" $folder))) -}}
{{- fail (printf "this copy of the chart has nothing in %s/, which is a symbolic link in its repository: take the published chart, or what `helm package` makes of a clone with symbolic links" $folder) -}}
{{- end -}}
{{- end -}}
{{- if eq (int .Values.reports.port) (int .Values.probes.port) -}}
{{- fail (printf "reports.port and probes.port are both %d: give each a port of its own" (int .Values.probes.port)) -}}
{{- end -}}
{{- if and .Values.image.tag .Values.image.digest -}}
{{- fail "image.tag and image.digest both say which image runs, and a published chart has the digest of its own: set one of them, and the other to \"\"" -}}
{{- end -}}
{{- if and .Values.rbac.secretTargets .Values.rbac.targets -}}
{{- fail "rbac.targets names Secrets that may be written, and rbac.secretTargets allows all: set one of them" -}}
{{- end -}}
{{- /* WarnOnlyBoundTokenExpirationSeconds: what Kubernetes itself asks for where it injects a token, and extends for clients that never read it again. */ -}}
{{- if eq (int .Values.serviceAccount.tokenExpirationSeconds) 3607 -}}
{{- fail "serviceAccount.tokenExpirationSeconds is 3607, which API servers extend to a year (--service-account-extend-token-expiration): take 3600" -}}
{{- end -}}
{{- if and .Values.rbac.secretTargets .Values.rbac.credentials -}}
{{- fail "rbac.credentials names the only Secrets that may be read, and rbac.secretTargets lets all be read: set one of them, or name the targets in rbac.targets" -}}
{{- end -}}
{{- include "akr.refuseOwnLabels" (dict "in" "commonLabels" "labels" .Values.commonLabels) -}}
{{- include "akr.refuseOwnLabels" (dict "in" "podLabels" "labels" .Values.podLabels) -}}
{{- range $object := list "serviceMonitor" "prometheusRule" "dashboard" -}}
{{- $in := printf "metrics.%s.labels" $object -}}
{{- include "akr.refuseOwnLabels" (dict "in" $in "labels" (get $.Values.metrics $object).labels) -}}
{{- end -}}
{{- end -}}

{{/* Deployment, Services and monitors find each other by these, and helm what is its own. */}}
{{- define "akr.refuseOwnLabels" -}}
{{- range $label, $_ := .labels -}}
{{- if regexMatch "^(app\\.kubernetes\\.io/(name|instance|version|component|managed-by)|helm\\.sh/chart)$" $label -}}
{{- fail (printf "%s sets label %s, which is the chart's own: take another name" $.in $label) -}}
{{- end -}}
{{- end -}}
{{- end -}}
