{{- define "akr.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else if or .Values.nameOverride (contains .Chart.Name .Release.Name | not) -}}
{{- printf "%s-%s" .Release.Name (default .Chart.Name .Values.nameOverride) | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "akr.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "akr.labels" -}}
{{ include "akr.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "akr.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (include "akr.fullname" .) -}}
{{- end -}}

{{- define "akr.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{/* What the operator does with our own kinds, wherever it watches. */}}
{{- define "akr.ownRules" -}}
- apiGroups: [apikeyrotation.io]
  resources: [apikeyrotations]
  verbs: [get, list, watch, patch]
- apiGroups: [apikeyrotation.io]
  resources: [apikeyissuers, keystores]
  verbs: [list, watch]
- apiGroups: [apikeyrotation.io]
  resources: [apikeyrotations/status, apikeyissuers/status, keystores/status]
  verbs: [update]
- apiGroups: [apikeyrotation.io]
  resources: [migrationreports]
  verbs: [get, list, watch, create, update, delete]
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list]
- apiGroups: [""]
  resources: [events]
  verbs: [create, patch]
{{- end -}}

{{/* What it does with things of others, as far as values allow. */}}
{{- define "akr.lentRules" -}}
{{- with .Values.rbac }}
{{- if .secretTargets }}
- apiGroups: [""]
  resources: [secrets]
  verbs: [get, create, patch]
{{- else }}
- apiGroups: [""]
  resources: [secrets]
  {{- with .credentials }}
  resourceNames: {{ toJson . }}
  {{- end }}
  verbs: [get]
{{- end }}
{{- with .logins }}
- apiGroups: [""]
  resources: [serviceaccounts/token]
  resourceNames: {{ toJson . }}
  verbs: [create]
{{- end }}
{{- if or .rollouts .restart }}
- apiGroups: [apps]
  resources: [deployments, statefulsets, daemonsets]
  verbs: {{ .restart | ternary (list "get" "patch") (list "get") | toJson }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Whether issuers and stores of the cluster are followed. */}}
{{- define "akr.clusterKinds" -}}
{{- if and .Values.clusterKinds.enabled (not .Values.rbac.namespaces) -}}true{{- end -}}
{{- end -}}

{{- define "akr.subjects" -}}
- kind: ServiceAccount
  name: {{ include "akr.serviceAccountName" . }}
  namespace: {{ .Release.Namespace }}
{{- end -}}
