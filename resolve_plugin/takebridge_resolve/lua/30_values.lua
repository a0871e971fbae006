-- Values as the wire accepts them: text, whole frames, rates, speeds, fingerprints.

do

-- Say whether a value says anything: not nil, false or "".
function TB.given(value)
  return value ~= nil and value ~= false and value ~= ""
end

-- Return the first characters (not bytes) of a text.
function TB.cut(text, limit)
  if #text <= limit then
    return text
  end
  local count = 0
  for at in text:gmatch("()[%z\1-\127\192-\255]") do
    count = count + 1
    if count > limit then
      return text:sub(1, at - 1)
    end
  end
  return text
end

-- Return a string the wire accepts: nil becomes "", longer text is cut.
function TB.text(value, limit)
  if value == nil or value == TB.NULL then
    return ""
  elseif type(value) == "number" then
    value = TB.number_text(value)
  elseif type(value) == "boolean" then
    value = value and "True" or "False"
  end
  return TB.cut(TB.valid_text(tostring(value)), limit or 4096)
end

-- Return a string of at most 255 characters.
function TB.short(value)
  return TB.text(value, 255)
end

-- Return a whole frame or count, or nil. Hosts answer numbers or digits, depending on build.
function TB.whole(value)
  if type(value) == "string" and not value:match("^%s*[+-]?%d*%.?%d*[eE]?[+-]?%d*%s*$") then
    return nil
  end
  local number = (type(value) == "number" or type(value) == "string") and tonumber(value) or nil
  if not number or number ~= math.floor(number) or math.abs(number) >= 2 ^ 53 then
    return nil
  end
  return number
end

-- Return a frame rate as the host spells it; a number becomes a short string such as "23.976" or "24".
function TB.rate_text(value)
  if type(value) == "number" then
    return (("%.3f"):format(value):gsub("0+$", ""):gsub("%.$", ""))
  end
  return TB.short(value)
end

-- Return entries of a host's list; nil, false and anything else that is none give no entries.
function TB.entries(value)
  return type(value) == "table" and value or {}
end

-- Return the entries of a list that are wanted, or each one changed: nil leaves one out.
function TB.each(list, change)
  local found = TB.array()
  for _, entry in ipairs(list) do
    found[#found + 1] = change(entry)
  end
  return found
end

-- Return the first entry of a list a test holds for, or nil.
function TB.first(list, test)
  for _, entry in ipairs(list) do
    if test(entry) then
      return entry
    end
  end
  return nil
end

-- Return a set of the entries of a list.
function TB.set(list)
  local found = {}
  for _, entry in ipairs(list) do
    found[entry] = true
  end
  return found
end

-- Return the keys of a set, sorted.
function TB.sorted_keys(set)
  local found = TB.array()
  for key in pairs(set) do
    found[#found + 1] = key
  end
  table.sort(found)
  return found
end

-- Say whether a text begins with another.
function TB.starts(text, with)
  return text:sub(1, #with) == with
end

-- Say whether two values are the same fact, tables entry by entry.
function TB.same(left, right)
  if type(left) ~= "table" or type(right) ~= "table" then
    return left == right
  end
  for key, value in pairs(left) do
    if not TB.same(value, right[key]) then
      return false
    end
  end
  for key in pairs(right) do
    if left[key] == nil then
      return false
    end
  end
  return true
end

-- Two sums modulo primes below 2^44: with bytes times 257 or 509 they stay exact in a double.
local PRIMES = { 17592186044399, 17592186044299 }

-- Return a stable 88-bit fingerprint of a text as hexadecimal digits. It names a state and guards no secret.
function TB.text_hash(text)
  local first, second = 7, 11
  for at = 1, #text do
    local byte = text:byte(at) + 1
    first = (first * 257 + byte) % PRIMES[1]
    second = (second * 509 + byte) % PRIMES[2]
  end
  local function hex(value)
    return ("%06x%06x"):format(math.floor(value / 16777216), value % 16777216)
  end
  return hex(first) .. hex(second)
end

-- Return a stable fingerprint of facts, opaque to the bridge and unlike the Python agent's.
function TB.digest(facts)
  return TB.text_hash(TB.encode(facts))
end

-- Return a number as {numerator, denominator} of its shortest decimal spelling, both below 2^53.
local function decimal_fraction(value)
  local digits = #("%.0f"):format(math.abs(value))
  local places = math.min(11, 13 - digits)
  local numerator, denominator = tonumber((("%." .. places .. "f"):format(value):gsub("%.", ""))), 10 ^ (places + 2)
  while numerator ~= 0 and numerator % 10 == 0 and denominator > 1 do
    numerator, denominator = numerator / 10, denominator / 10
  end
  return numerator, denominator
end

-- Return the fraction nearest to numerator / denominator whose denominator is at most ``limit``, as (n, d).
function TB.limit_denominator(numerator, denominator, limit)
  local p0, q0, p1, q1 = 0, 1, 1, 0
  local n, d = numerator, denominator
  while d ~= 0 do
    local rest = n % d
    local a = (n - rest) / d
    if q0 + a * q1 > limit then
      break
    end
    p0, q0, p1, q1 = p1, q1, p0 + a * p1, q0 + a * q1
    n, d = d, rest
  end
  if d == 0 then
    return p1, q1
  end
  local k = math.floor((limit - q0) / q1)
  if 2 * d * (q0 + k * q1) <= denominator then
    return p1, q1
  end
  return p0 + k * p1, q0 + k * q1
end

-- Return a percentage as the exact fraction {n, d} of 1 with a denominator up to 100,000, or nil.
function TB.speed_of(percent)
  if type(percent) ~= "number" or percent ~= percent or math.abs(percent) > 1e6 then
    return nil
  end
  local numerator, denominator = decimal_fraction(percent)
  local n, d = TB.limit_denominator(numerator, denominator, 100000)
  return { n = n, d = d }
end

end -- values
