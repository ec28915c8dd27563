{{/* All of the name of a release, which has 53 characters at most, so that no two get the same; the longest suffix makes it 63. */}}
{{- define "akr.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 53 | trimSuffix "-" -}}
{{- else if or .Values.nameOverride (contains .Chart.Name .Release.Name | not) -}}
{{- printf "%s-%s" .Release.Name (default .Chart.Name .Values.nameOverride) | trunc 53 | trimSuffix "-" -}}
{{- else -}}
{{- .Release.Name | trunc 53 | trimSuffix "-" -}}
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
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* With those of one object, which win over those of all. */}}
{{- define "akr.labelsWith" -}}
{{- merge (deepCopy .more) (include "akr.labels" .of | fromYaml) | toYaml -}}
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

{{- define "akr.tlsSecretName" -}}
{{- .Values.reports.tls.secretName | default (printf "%s-reports-tls" (include "akr.fullname" .)) -}}
{{- end -}}

{{/* Where consumers in the cluster report. */}}
{{- define "akr.reportsURL" -}}
{{- $scheme := .Values.reports.tls.enabled | ternary "https" "http" -}}
{{ $scheme }}://{{ include "akr.fullname" . }}.{{ .Release.Namespace }}.svc:{{ .Values.reports.port }}
{{- end -}}
