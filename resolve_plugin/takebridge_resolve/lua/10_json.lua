-- JSON. Arrays are tables with the metatable TB.ARRAY; a decoded object that says null lacks the key, an array
-- holds TB.NULL there. Whole numbers are written without a point; keys are sorted, so equal values give equal text.

do

TB.ARRAY = {}
TB.NULL = setmetatable({}, { __tostring = function() return "null" end })

local MAX_DEPTH = 200
local REPLACEMENT = "\239\191\189"
local ESCAPES = {
  ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t",
}
local UNESCAPES = { ['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }
local UTF8_FORMS = {
  "^[\194-\223][\128-\191]",
  "^\224[\160-\191][\128-\191]",
  "^[\225-\236\238\239][\128-\191][\128-\191]",
  "^\237[\128-\159][\128-\191]",
  "^\240[\144-\191][\128-\191][\128-\191]",
  "^[\241-\243][\128-\191][\128-\191][\128-\191]",
  "^\244[\128-\143][\128-\191][\128-\191]",
}

-- Mark a table as an array and return it.
function TB.array(entries)
  return setmetatable(entries or {}, TB.ARRAY)
end

-- Say whether a table is marked as an array.
function TB.is_array(value)
  return type(value) == "table" and getmetatable(value) == TB.ARRAY
end

-- Return where the UTF-8 character at a place ends, or nil when there is none.
local function character_end(text, at)
  for _, form in ipairs(UTF8_FORMS) do
    local _, last = text:find(form, at)
    if last then
      return last
    end
  end
  return nil
end

-- Return text that is valid UTF-8: what is not becomes the replacement character.
function TB.valid_text(text)
  if not text:find("[\128-\255]") then
    return text
  end
  local parts, at = {}, 1
  while at <= #text do
    local _, plain = text:find("^[%z\1-\127]+", at)
    local last = plain or character_end(text, at)
    parts[#parts + 1] = last and text:sub(at, last) or REPLACEMENT
    at = (last or at) + 1
  end
  return table.concat(parts)
end

-- Return a number as JSON; not-a-number and infinities have no spelling and become null.
function TB.number_text(value)
  if value ~= value or value == math.huge or value == -math.huge then
    return "null"
  end
  if value == math.floor(value) and math.abs(value) < 2 ^ 53 then
    return value == 0 and "0" or ("%.0f"):format(value)
  end
  for _, form in ipairs({ "%.14g", "%.15g", "%.16g" }) do
    local text = form:format(value)
    if tonumber(text) == value then
      return text
    end
  end
  return ("%.17g"):format(value)
end

local function control_escape(char)
  return ESCAPES[char] or ("\\u%04x"):format(char:byte())
end

local function string_text(value)
  return '"' .. TB.valid_text(value):gsub('[%z\1-\31\\"\127]', control_escape) .. '"'
end

local write_value

local function write_array(value, out, depth)
  out[#out + 1] = "["
  for index = 1, #value do
    if index > 1 then
      out[#out + 1] = ","
    end
    write_value(value[index], out, depth)
  end
  out[#out + 1] = "]"
end

-- Return the keys of an object as text, sorted, and the key behind each. Tables of the API carry a key __flags.
local function object_keys(value)
  local names, keys = {}, {}
  for key in pairs(value) do
    if key ~= "__flags" then
      local name = type(key) == "number" and TB.number_text(key) or tostring(key)
      names[#names + 1], keys[name] = name, key
    end
  end
  table.sort(names)
  return names, keys
end

local function write_object(value, out, depth)
  local names, keys = object_keys(value)
  out[#out + 1] = "{"
  for index, name in ipairs(names) do
    out[#out + 1] = (index > 1 and "," or "") .. string_text(name) .. ":"
    write_value(value[keys[name]], out, depth)
  end
  out[#out + 1] = "}"
end

function write_value(value, out, depth)
  local kind = type(value)
  if depth > MAX_DEPTH then
    error("JSON nests too deep", 0)
  elseif value == nil or value == TB.NULL then
    out[#out + 1] = "null"
  elseif kind == "boolean" then
    out[#out + 1] = tostring(value)
  elseif kind == "number" then
    out[#out + 1] = TB.number_text(value)
  elseif kind == "string" then
    out[#out + 1] = string_text(value)
  elseif kind ~= "table" then
    out[#out + 1] = '"<' .. kind .. '>"'
  elseif TB.is_array(value) or value[1] ~= nil then
    write_array(value, out, depth + 1)
  else
    write_object(value, out, depth + 1)
  end
end

-- Return a value as JSON. A table without the mark is an array when it has a first entry; anything opaque becomes
-- the name of its kind. Raises text when it nests more than 200 deep.
function TB.encode(value)
  local out = {}
  write_value(value, out, 0)
  return table.concat(out)
end

-- Return the UTF-8 bytes of a code point.
function TB.utf8_of(code)
  if code < 128 then
    return string.char(code)
  elseif code < 2048 then
    return string.char(192 + math.floor(code / 64), 128 + code % 64)
  elseif code < 65536 then
    return string.char(224 + math.floor(code / 4096), 128 + math.floor(code / 64) % 64, 128 + code % 64)
  end
  return string.char(
    240 + math.floor(code / 262144),
    128 + math.floor(code / 4096) % 64,
    128 + math.floor(code / 64) % 64,
    128 + code % 64
  )
end

local function wrong(at)
  error("no JSON at byte " .. at, 0)
end

local function after_blanks(text, at)
  return text:find("[^ \t\r\n]", at) or #text + 1
end

-- Read \uXXXX at a place, both halves of a pair; return the bytes and the place after.
local function read_code(text, at)
  local high = tonumber(text:match("^\\u(%x%x%x%x)", at) or wrong(at), 16)
  if high < 0xD800 or high > 0xDFFF then
    return TB.utf8_of(high), at + 6
  end
  local low = tonumber(text:match("^\\u(%x%x%x%x)", at + 6) or "0", 16)
  if high > 0xDBFF or low < 0xDC00 or low > 0xDFFF then
    return REPLACEMENT, at + 6
  end
  return TB.utf8_of(0x10000 + (high - 0xD800) * 0x400 + (low - 0xDC00)), at + 12
end

local function read_string(text, at)
  local parts, from = {}, at + 1
  while true do
    local stop = text:find('[%z\1-\31"\\]', from) or wrong(from)
    parts[#parts + 1] = text:sub(from, stop - 1)
    local char = text:sub(stop, stop)
    if char == '"' then
      return table.concat(parts), stop + 1
    elseif char ~= "\\" then
      wrong(stop)
    end
    local letter = text:sub(stop + 1, stop + 1)
    if letter == "u" then
      parts[#parts + 1], from = read_code(text, stop)
    else
      parts[#parts + 1], from = UNESCAPES[letter] or wrong(stop), stop + 2
    end
  end
end

local function read_number(text, at)
  local whole = text:match("^-?0", at) or text:match("^-?[1-9]%d*", at) or wrong(at)
  local after = at + #whole
  local fraction = text:match("^%.%d+", after) or ""
  after = after + #fraction
  local exponent = text:match("^[eE][+-]?%d+", after) or ""
  return tonumber(whole .. fraction .. exponent), after + #exponent
end

local read_value

local function read_array(text, at, depth)
  local found, value = TB.array(), nil
  at = after_blanks(text, at + 1)
  if text:sub(at, at) == "]" then
    return found, at + 1
  end
  while true do
    value, at = read_value(text, at, depth)
    found[#found + 1] = value
    at = after_blanks(text, at)
    local char = text:sub(at, at)
    if char == "]" then
      return found, at + 1
    elseif char ~= "," then
      wrong(at)
    end
    at = at + 1
  end
end

local function read_object(text, at, depth)
  local found, key, value = {}, nil, nil
  at = after_blanks(text, at + 1)
  if text:sub(at, at) == "}" then
    return found, at + 1
  end
  while true do
    at = after_blanks(text, at)
    if text:sub(at, at) ~= '"' then
      wrong(at)
    end
    key, at = read_string(text, at)
    at = after_blanks(text, at)
    if text:sub(at, at) ~= ":" then
      wrong(at)
    end
    value, at = read_value(text, at + 1, depth)
    if value ~= TB.NULL then
      found[key] = value
    end
    at = after_blanks(text, at)
    local char = text:sub(at, at)
    if char == "}" then
      return found, at + 1
    elseif char ~= "," then
      wrong(at)
    end
    at = at + 1
  end
end

local WORDS = { { "true", true }, { "false", false }, { "null", TB.NULL } }

function read_value(text, at, depth)
  if depth > MAX_DEPTH then
    error("JSON nests too deep", 0)
  end
  at = after_blanks(text, at)
  local char = text:sub(at, at)
  if char == '"' then
    return read_string(text, at)
  elseif char == "{" then
    return read_object(text, at, depth + 1)
  elseif char == "[" then
    return read_array(text, at, depth + 1)
  end
  for _, word in ipairs(WORDS) do
    if text:sub(at, at + #word[1] - 1) == word[1] then
      return word[2], at + #word[1]
    end
  end
  return read_number(text, at)
end

-- Return the value of a JSON text, or nil and what is wrong with it.
function TB.decode(text)
  local fine, value, after = pcall(read_value, text, 1, 0)
  if not fine then
    return nil, tostring(value)
  end
  if after_blanks(text, after) <= #text then
    return nil, "there is more after the JSON"
  end
  return value
end

end -- json
