-- Guarding the API: methods this version may lack are nil. API objects may be userdata or tables.

do

-- Say whether an API object offers a method.
function TB.has(thing, name)
  return thing ~= nil and thing ~= false and thing[name] ~= nil
end

-- Call a method this version may lack; nil where it does.
function TB.call_if(thing, name, ...)
  if not TB.has(thing, name) then
    return nil
  end
  return thing[name](thing, ...)
end

-- Return the version as a list of whole numbers, {0} when the host does not say.
function TB.version_of(resolve)
  local parts = TB.entries(resolve:GetVersion())
  if parts[1] == nil then
    parts = {}
    for part in TB.text(resolve:GetVersionString()):gmatch("[^.]+") do
      parts[#parts + 1] = part
    end
  end
  local numbers = {}
  for _, part in ipairs(parts) do
    local number = TB.whole(part)
    if number == nil or #numbers == 3 then
      break
    end
    numbers[#numbers + 1] = number
  end
  return #numbers > 0 and numbers or { 0 }
end

-- Say whether a version is at least another one.
function TB.at_least(version, wanted)
  for index = 1, math.max(#version, #wanted) do
    local have, need = version[index] or -1, wanted[index] or -1
    if have ~= need then
      return have > need
    end
  end
  return true
end

-- Read whether the API still answers. A wedged instance gives no database; cheaper calls lie (19.1.3).
function TB.is_alive(resolve)
  local manager = resolve:GetProjectManager()
  return TB.given(manager and manager:GetCurrentDatabase())
end

end -- guard
