{{/* Our own kinds, and events about them: wherever the operator watches. */}}
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
  resources: [events]
  verbs: [create, patch]
{{- end -}}

{{/* What belongs to others, in namespaces that have rotations: as far as values allow. */}}
{{- define "akr.lentRules" -}}
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list]
{{- with .Values.rbac }}
{{- /* Where any Secret may be read, none is named for it besides. */}}
{{- $get := empty .credentials | ternary list (list "get") }}
- apiGroups: [""]
  resources: [secrets]
  {{- with .credentials }}
  resourceNames: {{ toJson . }}
  {{- end }}
  verbs: {{ .secretTargets | ternary (list "get" "create" "patch") (list "get") | toJson }}
{{- if and (or .targets .support.issuers) (not .secretTargets) }}
# To create takes no name in RBAC.
- apiGroups: [""]
  resources: [secrets]
  verbs: [create]
{{- end }}
{{- with .targets }}
# Each with the one that keeps what is replaced in it.
- apiGroups: [""]
  resources: [secrets]
  resourceNames: {{ concat . (include "akr.names" (dict "of" . "suffix" "previous") | fromJsonArray) | toJson }}
  verbs: {{ append $get "patch" | toJson }}
{{- end }}
{{- with .support.issuers }}
# The register of what people were asked for.
- apiGroups: [""]
  resources: [secrets]
  resourceNames: {{ include "akr.names" (dict "of" . "suffix" "support-register") }}
  verbs: {{ append $get "update" | toJson }}
{{- end }}
{{- with .support.rotations }}
- apiGroups: [""]
  resources: [secrets]
  resourceNames: {{ include "akr.names" (dict "of" . "suffix" "delivered-key") }}
  verbs: {{ append $get "delete" | toJson }}
{{- end }}
{{- end }}
{{- include "akr.namedRules" .Values.rbac }}
{{- with .Values.rbac }}
{{- if or .rollouts .restart }}
{{- $verbs := .restart | ternary (list "get" "patch") (list "get") | toJson }}
{{- range $kind, $names := .workloads }}
{{- with $names }}
- apiGroups: [apps]
  resources: [{{ $kind }}]
  resourceNames: {{ toJson . }}
  verbs: {{ $verbs }}
{{- end }}
{{- end }}
{{- if not (concat .workloads.deployments .workloads.statefulsets .workloads.daemonsets) }}
- apiGroups: [apps]
  resources: [deployments, statefulsets, daemonsets]
  verbs: {{ $verbs }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What issuers and stores name beside their credentials: of a namespace (rbac), or of the cluster (clusterKinds). */}}
{{- define "akr.namedRules" -}}
{{- with .certificates }}
- apiGroups: [""]
  resources: [configmaps]
  resourceNames: {{ toJson . }}
  verbs: [get]
{{- end }}
{{- with .logins }}
- apiGroups: [""]
  resources: [serviceaccounts/token]
  resourceNames: {{ toJson . }}
  verbs: [create]
{{- end }}
{{- end -}}

{{- define "akr.names" -}}
{{- $suffix := .suffix -}}
{{- $names := list -}}
{{- range .of }}{{ $names = append $names (printf "%s-%s" . $suffix) }}{{ end -}}
{{- toJson $names -}}
{{- end -}}

{{/* The name of the Lease, as src/composition/election.ts makes it: replicas that watch the same elect one. */}}
{{- define "akr.lease" -}}
{{- $watched := .Values.rbac.namespaces -}}
apikey-rotation-operator
{{- if eq (len $watched) 1 -}}
-{{ first $watched }}
{{- else if $watched -}}
-{{ sortAlpha $watched | join "," | sha256sum | trunc 16 }}
{{- end -}}
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
