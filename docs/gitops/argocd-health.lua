-- Health of ApiKeyRotation, ApiKeyIssuer, KeyStore and the latter two's kinds for the whole cluster, for Argo CD. README.md beside this file says where it goes.
-- It needs no library, so that it runs with useOpenLibs: false, the default of Argo CD.

local function health(status, message)
  return { status = status, message = message or "" }
end

local function condition(status, type)
  for _, each in ipairs(status.conditions or {}) do
    if each.type == type then return each end
  end
  return {}
end

if obj.metadata.deletionTimestamp ~= nil then
  return health("Progressing", "keys are put away before the object goes")
end

local status = obj.status or {}
if status.observedGeneration ~= obj.metadata.generation then
  return health("Progressing", "the operator has not seen this generation yet")
end

local ready = condition(status, "Ready")
local stalled = condition(status, "Stalled")
local rotating = condition(status, "Rotating")

if stalled.status == "True" then
  return health("Degraded", stalled.message)
end
if obj.spec.suspend == true then
  return health("Suspended", rotating.message)
end
if ready.status == "True" then
  -- A rotation under way does not make the key any less usable: its message tells how far it is.
  if rotating.status == "True" then return health("Healthy", rotating.message) end
  return health("Healthy", ready.message)
end
-- Issuers and stores have no Rotating: their check has failed, and is made again every 15 seconds.
if ready.status == "False" and rotating.status == nil then
  return health("Degraded", ready.message)
end
return health("Progressing", ready.message)
