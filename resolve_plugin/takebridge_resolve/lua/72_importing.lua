-- media.import: bins, file, tags. The user's current bin is chosen again whatever happens.

do

local Importing = {}
Importing.__index = Importing

TB.OPS["media.import"] = function(desk, args, expect)
  local path, names = TB.need_media_file(args), TB.parse_bin(TB.need(args, "bin", "list"))
  local scene = expect and TB.check_expectation(desk.resolve, expect) or nil
  return TB.importing(desk, scene):run(path, names, args.tags or {})
end

-- Return the path of a file to import, which is there.
function TB.need_media_file(args)
  local path = TB.need(args, "path", "string")
  if not TB.is_absolute(path) then
    TB.refuse("invalid_param", "A file to import needs an absolute path.", nil, { path = TB.text(path) })
  elseif not bmd.fileexists(path) then
    local hint = "Check that this machine can see the drive or share the file is on."
    TB.refuse("not_found", ("There is no file %s."):format(path), hint, { path = TB.text(path) })
  end
  return path
end

-- Begin an import into the open project, or raise ``not_found``.
function TB.importing(desk, scene)
  local project = scene and scene.project or TB.open_project(desk.resolve)
  local pool = project and project:GetMediaPool()
  if not pool then
    TB.refuse("not_found", "No project is open in Resolve.", "Open a project, then try again.")
  end
  return setmetatable({ project = project, pool = pool, pen = desk.pen, created = {} }, Importing)
end

-- Return outcome and ImportResult.
function Importing:run(path, names, tags)
  local media, reused = self:fetch(path, names)
  return self:tag_all(media, tags), { media = TB.media_item(media, {}), reused = reused }
end

-- Write the tags; return "verified" when all are read back.
function Importing:tag_all(media, tags)
  local lost = TB.first(TB.sorted_keys(tags), function(name) return not self:tag(media, name, tags[name]) end)
  return not lost and "verified" or "committed_unverified"
end

-- Return pool item and whether the bin had the file; the user's bin is current as before.
function Importing:fetch(path, names)
  local home = self.pool:GetCurrentFolder()
  local fine, media, reused = pcall(function() return self:bring(path, names) end)
  if not fine then
    self.pen:renew()
    self:choose(home)
    if TB.is_op_error(media) then
      self:clear_up(media)
    end
    self:choose(home)
    error(media, 0)
  end
  self:choose(home)
  return media, reused
end

-- Return pool item and whether it was there; the file is imported only when the bin does not have it.
function Importing:bring(path, names)
  local folder = self.pool:GetRootFolder()
  for _, name in ipairs(names) do
    folder = TB.find_bin(folder, name) or self:make_bin(folder, name)
  end
  local found = TB.find_path(folder, path)
  if found then
    return found, true
  elseif not self:choose(folder) then
    error(TB.refusal(self.project, ("open the bin %s"):format(names[#names])), 0)
  end
  local said
  local function import()
    said = self.pool:ImportMedia({ path })
    return said
  end
  -- A build that hands out an item it has already leaves it in its bin: it is moved.
  local function there()
    local media = TB.find_path(folder, path)
    if not media and TB.truthy(said) and TB.given(TB.call_if(self.pool, "MoveClips", said, folder)) then
      media = TB.find_path(folder, path)
    end
    return media
  end
  if not self.pen:write(import, there) then
    local refused = TB.refusal(self.project, ("import %s"):format(TB.base_name(path)))
    if refused.code == "host_rejected" then
      refused.hint = "Resolve may not read this kind of file on this system. Try importing it by hand."
    end
    error(refused, 0)
  end
  return there(), false
end

-- Return a new bin, read back.
function Importing:make_bin(parent, name)
  local function there() return TB.find_bin(parent, name) end
  if not self.pen:write(function() return self.pool:AddSubFolder(parent, name) end, there) then
    error(TB.refusal(self.project, ("make the bin %s"):format(name)), 0)
  end
  local folder = there()
  table.insert(self.created, folder)
  return folder
end

-- Make a bin the current one; return whether it is. Making a bin or importing may have moved it.
function Importing:choose(folder)
  if not folder then
    return false
  end
  local function chosen() return TB.same_folder(self.pool:GetCurrentFolder(), folder) end
  return chosen() or self.pen:write(function() return self.pool:SetCurrentFolder(folder) end, chosen)
end

-- Say whether the bins this import made hold nothing but each other.
function Importing:made_only_bins()
  for index, folder in ipairs(self.created) do
    local clips = TB.entries(folder:GetClipList())
    local inside = #clips > 0 and clips or TB.entries(folder:GetSubFolderList())
    if #inside ~= (index < #self.created and 1 or 0) then
      return false
    end
  end
  return true
end

-- Delete the bins this import made, when nothing else is in them; leaving one behind is told.
function Importing:clear_up(found)
  local top, root = self.created[1], self.pool:GetRootFolder()
  if not top then
    return
  end
  local key, name = top:GetUniqueId(), top:GetName()
  local function gone()
    return TB.given(root and root:GetUniqueId())
      and TB.visit_folders(root, function(folder) return folder:GetUniqueId() == key or nil end) == nil
  end
  local function delete() return TB.call_if(self.pool, "DeleteFolders", { top }) end
  if not self:made_only_bins() or not self.pen:write(delete, gone) then
    found.outcome = "committed_unverified"
    found.hint = ("The empty bin %s was left behind. %s"):format(TB.text(name), found.hint)
  end
end

-- Write one entry of third-party metadata; return whether it is read back.
function Importing:tag(media, name, value)
  return TB.write_tag(self.pen, media, name, value)
end

-- Write one entry of third-party metadata (19.0.2); return whether it is read back. Older versions have no place for
-- it, which their capabilities say.
function TB.write_tag(pen, media, name, value)
  if not TB.has(media, "SetThirdPartyMetadata") or not TB.has(media, "GetThirdPartyMetadata") then
    return true
  end
  local function written() return media:GetThirdPartyMetadata(name) == value end
  return written() or pen:write(function() return media:SetThirdPartyMetadata(name, value) end, written)
end

end -- importing
