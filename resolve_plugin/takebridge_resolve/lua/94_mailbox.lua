-- The mailbox: requests come as files the bridge writes, answers go out through Fusion's preferences.

do

local SLASHES = "[/\\]+$"

-- Return the folder shared with the bridge: the one this file was made for, TAKEBRIDGE_MAILBOX, or the place below the
-- data folder. Slashes lean forward: Windows takes them too.
function TB.mailbox_folder()
  local asked = TB.MAILBOX ~= "" and TB.MAILBOX or os.getenv("TAKEBRIDGE_MAILBOX")
  if TB.given(asked) then
    return (asked:gsub(SLASHES, ""))
  end
  return TB.default_home():gsub(SLASHES, "") .. "/mailbox"
end

-- Return the data folder shared with the bridge: TAKEBRIDGE_HOME or the platform's place.
function TB.default_home()
  local asked, home = os.getenv("TAKEBRIDGE_HOME"), os.getenv("HOME") or os.getenv("USERPROFILE") or ""
  if TB.given(asked) then
    return asked
  elseif TB.WINDOWS then
    return (os.getenv("LOCALAPPDATA") or home) .. "/takebridge"
  elseif bmd.fileexists("/System/Library/CoreServices/SystemVersion.plist") then
    return home .. "/Library/Application Support/takebridge"
  end
  return home .. "/.local/share/takebridge"
end

-- Load a file that only returns a table of plain values. Text only, and without any global: what it does beyond
-- returning a table fails. Return the table, or nil.
function TB.load_values(path)
  if not bmd.fileexists(path) then
    return nil
  end
  local fine, chunk = pcall(loadfile, path, "t", {})
  if not fine or type(chunk) ~= "function" then
    return nil
  end
  setfenv(chunk, {})
  local ran, said = pcall(chunk)
  return ran and type(said) == "table" and getmetatable(said) == nil and said or nil
end

local Mailbox = {}
Mailbox.__index = Mailbox

-- Return the mailbox of a folder. ``instance`` names this run of the agent among others.
function TB.mailbox(folder, instance)
  return setmetatable({
    request = folder .. "/request.lua",
    bridge = folder .. "/bridge.lua",
    instance = instance,
    answers = {},
    order = {},
    seen = "",
    introduced = false,
  }, Mailbox)
end

-- Return what the bridge says about itself, or nil while none runs.
function Mailbox:bridge_facts()
  local facts = TB.load_values(self.bridge)
  if facts and type(facts.token) == "string" and #facts.token == 64 then
    return facts
  end
  return nil
end

local FIELDS = { "id", "to", "token", "kind", "body" }

local function is_request(found)
  return TB.first(FIELDS, function(name) return type(found[name]) ~= "string" end) == nil
    and #found.id > 0 and #found.id <= 255 and found.id:find("[^%w_-]") == nil
end

-- Return the request that lies there when it is for us and not answered yet, else nil. One without the bridge's token
-- is passed over in silence.
function Mailbox:next_request()
  local found = TB.load_values(self.request)
  if not found or not is_request(found) or found.id == self.seen then
    return nil
  end
  local facts = self:bridge_facts()
  if not facts or found.token ~= facts.token then
    return nil
  end
  if found.to ~= "" and found.to ~= self.instance then
    return nil
  end
  return found
end

-- Say whether the request we answered last still lies there.
function Mailbox:is_waited_for()
  local found = TB.load_values(self.request)
  return found ~= nil and found.id == self.seen
end

-- Say whether another run of the agent speaks to the bridge now, after this one did.
function Mailbox:is_replaced()
  local facts = self.introduced and self:bridge_facts()
  return facts and type(facts.instance) == "string" and facts.instance ~= "" and facts.instance ~= self.instance
    or false
end

-- Keep the parts of an answer, the last 64 answers.
function Mailbox:remember(id, parts)
  if not self.answers[id] then
    self.order[#self.order + 1] = id
  end
  self.answers[id] = parts
  if #self.order > TB.REMEMBERED_ANSWERS then
    self.answers[table.remove(self.order, 1)] = nil
  end
end

-- Return a text in parts of at most 192 KB.
function TB.parts_of(text)
  local parts = {}
  for at = 1, math.max(#text, 1), TB.PART_BYTES do
    parts[#parts + 1] = text:sub(at, at + TB.PART_BYTES - 1)
  end
  return parts
end

-- Write a value into Fusion's preferences, where the bridge reads it.
function TB.save_pref(key, value)
  fusion:SetPrefs(key, value)
  fusion:SavePrefs()
end

-- Write one part of an answer out.
function Mailbox:send(id, number, parts)
  TB.save_pref(TB.ANSWER_KEY, ("%s;%d/%d;%s"):format(id, number, #parts, parts[number]))
  self.seen = id
end

-- Answer a request with a value, kept for a repeated question.
function Mailbox:answer(id, value)
  local parts = TB.parts_of(TB.base64(TB.encode(value)))
  self:remember(id, parts)
  self:send(id, 1, parts)
end

-- Send a further part of an earlier answer; one that is forgotten is an empty object.
function Mailbox:answer_part(request, body)
  local parts = self.answers[body.of]
  local number = TB.whole(body.part)
  if not parts or not number or not parts[number] then
    self:answer(request.id, {})
    return
  end
  self:send(request.id, number, parts)
end

-- Do one request.
function Mailbox:serve(request, desk)
  local body = TB.decode(request.body)
  if self.answers[request.id] then
    self:send(request.id, 1, self.answers[request.id])
  elseif type(body) ~= "table" then
    self:answer(request.id, {})
  elseif request.kind == "part" then
    self:answer_part(request, body)
  elseif request.kind == "hello" then
    self:answer(request.id, TB.make_hello(desk, self.instance))
    self.introduced = true
  elseif request.kind == "ping" then
    self:answer(request.id, { alive = TB.is_alive(desk.resolve), instance = self.instance })
  elseif request.kind == "op" then
    self:answer(request.id, desk:execute(body))
  else
    self:answer(request.id, {})
  end
end

end -- mailbox
