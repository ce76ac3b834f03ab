#include "page_check.hpp"

#include "mainstay/core/error.hpp"

#include <fmt/format.h>

#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <optional>

namespace mainstay::lmdb {
namespace {

constexpr std::size_t head_bytes = meta_at + sizeof(Meta);

bool read_at(int descriptor, std::uint64_t offset, char* to, std::size_t bytes) {
    while (bytes > 0) {
        const auto got = ::pread(descriptor, to, bytes, static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        offset += static_cast<std::uint64_t>(got), to += got, bytes -= static_cast<std::size_t>(got);
    }
    return true;
}

class PageChecker {
public:
    PageChecker(int descriptor, const Meta& head) : descriptor_(descriptor), meta_(head), page_size_(head.free.pad) {
        struct stat st {};
        const auto in_file =
            ::fstat(descriptor, &st) == 0 ? static_cast<PageNumber>(st.st_size) / page_size_ : PageNumber{0};
        used_by_.resize(std::min(meta_.last_page + 1, in_file), 0);
    }

    // Walks a tree. False if something was wrong with it.
    bool tree(std::string_view name, const TreeRecord& record, Keys keys, std::uint16_t node_flags_allowed) {
        const auto before = found_;
        name_ = name;
        keys_ = keys;
        depth_ = record.depth;
        allowed_ = node_flags_allowed;
        counted_ = {};
        ++owner_;
        owners_.push_back(name);
        last_key_.reset();
        buffers_.resize(std::max<std::size_t>(buffers_.size(), depth_));
        if (depth_ > depth_max || (record.root == no_page) != (depth_ == 0)) {
            problem(record.root, "the tree's entry is wrong");
        } else if (record.root != no_page) {
            walk(record.root, 1, std::nullopt);
        }
        if (found_ == before) {
            compare("branch pages", counted_.branch_pages, record.branch_pages);
            compare("leaf pages", counted_.leaf_pages, record.leaf_pages);
            compare("pages of large values", counted_.overflow_pages, record.overflow_pages);
            compare("entries", counted_.entries, record.entries);
        }
        return found_ == before;
    }

    bool free_list() {
        is_free_list_ = true;
        const bool sound = tree("(free list)", meta_.free, Keys::numbers, node_flags::big);
        is_free_list_ = false;
        return sound;
    }

    bool all_behind_end_are_free() const { return used_by_.size() + free_behind_end_ == meta_.last_page + 1; }

    PageNumber end() const noexcept { return used_by_.size(); }

    // Only worth asking if all trees are sound.
    void find_lost_pages() {
        std::uint64_t lost = 0;
        PageNumber first = 0;
        for (PageNumber page = meta_pages; page < used_by_.size(); ++page)
            if (used_by_[page] == 0 && lost++ == 0) first = page;
        if (lost > 0) add(fmt::format("(free list): {} pages belong to nothing, the first is {}", lost, first));
    }

    void add(std::string problem) {
        constexpr std::size_t problems_max = 200;
        ++found_;
        if (result.problems.size() < problems_max) result.problems.push_back(std::move(problem));
    }

    PageProblems result;

private:
    void problem(PageNumber page, std::string_view what) { add(fmt::format("{}: page {}: {}", name_, page, what)); }

    void compare(std::string_view what, std::uint64_t found, std::uint64_t kept) {
        if (found != kept) add(fmt::format("{}: {} {} were found, its entry says {}", name_, found, what, kept));
    }

    bool claim(PageNumber page, std::uint8_t owner) {
        if (page < meta_pages || page > meta_.last_page) {
            problem(page, "it lies outside of the file");
            return false;
        }
        if (page >= used_by_.size()) {
            if (owner == free_owner) return ++free_behind_end_, true;  // never written
            problem(page, "it lies behind the end of the file");
            return false;
        }
        if (used_by_[page] != 0) {
            problem(page, used_by_[page] == free_owner
                              ? "it is in use and among the free ones"
                              : fmt::format("it is also used by {}", owners_[used_by_[page] - 1U]));
            return false;
        }
        used_by_[page] = owner;
        return true;
    }

    // `before_what` bounds the keys of the page from above.
    void walk(PageNumber number, std::uint16_t level, const std::optional<std::string>& before_what) {
        if (!claim(number, owner_)) return;
        auto& buffer = buffers_[level - 1U];
        buffer.resize(page_size_);
        ++result.pages;
        if (!read_at(descriptor_, number * page_size_, buffer.data(), page_size_))
            return problem(number, "it cannot be read");
        const bool is_leaf = level == depth_;
        const char* const page = buffer.data();
        if (const auto what = problem_of_page(page, number, page_size_, is_leaf ? Level::leaf : Level::branch, keys_);
            !what.empty())
            return problem(number, what);
        const auto count = (load_at<PageHeader>(page).lower - std::uint32_t{sizeof(PageHeader)}) / 2;
        const auto node_at = [&](std::uint32_t i) {
            return page + load_at<std::uint16_t>(page + sizeof(PageHeader) + 2 * std::size_t{i});
        };
        const auto key_of = [&](std::uint32_t i) {
            return std::string_view{node_at(i) + sizeof(NodeHeader), load_at<NodeHeader>(node_at(i)).key_size};
        };
        const auto in_order = [&](std::string_view key) {
            if (last_key_ && compare_keys(keys_, *last_key_, key) > 0) return false;
            return !before_what || compare_keys(keys_, key, *before_what) < 0;
        };
        if (is_leaf) {
            ++counted_.leaf_pages;
            counted_.entries += count;
            const bool follows =
                (!last_key_ || compare_keys(keys_, *last_key_, key_of(0)) <= 0) && in_order(key_of(count - 1));
            if (!follows) return problem(number, "its keys are not those that the pages above promise");
            for (std::uint32_t i = 0; i < count; ++i) value(number, node_at(i));
            last_key_ = std::string(key_of(count - 1));
            return;
        }
        ++counted_.branch_pages;
        if (count < 2 && !is_free_list_) return problem(number, "it leads to a single page");
        for (std::uint32_t i = 0; i < count; ++i) {
            if (i > 0) {
                if (!in_order(key_of(i))) return problem(number, "its keys are not those that the pages above promise");
                last_key_ = std::string(key_of(i));  // the child's keys are not before it
            }
            walk(load_at<NodeHeader>(node_at(i)).child(), static_cast<std::uint16_t>(level + 1),
                 i + 1 < count ? std::optional(std::string(key_of(i + 1))) : before_what);
        }
    }

    void value(PageNumber number, const char* node) {
        const auto header = load_at<NodeHeader>(node);
        if (header.flags != allowed_ && !(allowed_ == node_flags::big && header.flags == 0))
            return problem(number, "an entry is of an unknown kind");
        const char* const inline_value = node + sizeof header + header.key_size;
        std::string whole;
        std::string_view bytes{inline_value, header.value_size()};
        if (header.flags == node_flags::big) {
            const auto first = load_at<PageNumber>(inline_value);
            char head[sizeof(PageHeader)];
            if (first < meta_pages || first > meta_.last_page ||
                !read_at(descriptor_, first * page_size_, head, sizeof head))
                return problem(number, fmt::format("an entry has its value on page {}, which is not there", first));
            const auto overflow = load_at<PageHeader>(head);
            if (overflow.number != first || overflow.flags != page_flags::overflow)
                return problem(first, "it does not hold the value that should be there");
            const std::uint64_t pages = overflow.overflow_pages();
            if (pages < overflow_pages_for(header.value_size(), page_size_) || pages > meta_.last_page + 1 - first)
                return problem(first, "the value on it does not fit its pages");
            for (PageNumber p = first; p < first + pages; ++p)
                if (!claim(p, owner_)) return;
            counted_.overflow_pages += pages;
            if (is_free_list_) {
                whole.resize(header.value_size());
                if (!read_at(descriptor_, first * page_size_ + sizeof head, whole.data(), whole.size()))
                    return problem(first, "it cannot be read");
                bytes = whole;
            }
        }
        if (is_free_list_) freed(number, {node + sizeof header, header.key_size}, bytes);
    }

    // Pages that a transaction gave back: their number, and they, descending.
    void freed(PageNumber number, std::string_view key, std::string_view bytes) {
        if (load_at<std::uint64_t>(key.data()) > meta_.txn)
            return problem(number, "pages were given back by a transaction to come");
        const auto count = bytes.size() < sizeof(std::uint64_t) ? 0 : load_at<std::uint64_t>(bytes.data());
        if (bytes.size() % sizeof(PageNumber) != 0 || count != bytes.size() / sizeof(PageNumber) - 1)
            return problem(number, "its list of free pages is of a wrong size");
        PageNumber before = no_page;
        for (std::uint64_t i = 1; i <= count; ++i) {
            const auto page = load_at<PageNumber>(bytes.data() + i * sizeof(PageNumber));
            if (page >= before) return problem(number, "its list of free pages does not descend");
            before = page;
            if (!claim(page, free_owner)) return;
        }
    }

    static constexpr std::uint8_t free_owner = 255;
    int descriptor_;
    Meta meta_;
    std::uint32_t page_size_;
    std::vector<std::uint8_t> used_by_;  // by page: 0 nobody, the owner's number from 1, free_owner
    std::vector<std::string_view> owners_;
    std::uint8_t owner_ = 0;
    std::uint64_t found_ = 0, free_behind_end_ = 0;
    // of the tree that is walked
    std::string_view name_;
    Keys keys_ = Keys::bytes;
    std::uint16_t depth_ = 0, allowed_ = 0;
    bool is_free_list_ = false;
    TreeRecord counted_{};
    std::optional<std::string> last_key_;     // no key to come is before it
    std::vector<std::vector<char>> buffers_;  // by level
};

struct Heads {
    char first[head_bytes], second[head_bytes];
    bool operator==(const Heads& o) const {
        return std::equal(first, first + head_bytes, o.first) && std::equal(second, second + head_bytes, o.second);
    }
};

[[noreturn]] void throw_head(const std::filesystem::path& file, std::string_view what) {
    throw Error{Code::corrupt, fmt::format("{}: {}", file.string(), what)}.with_hint(
        "the file is damaged: restore a backup");
}

// What is given instead of a database now and then, to be followed by "not a Mainstay database".
std::string_view kind_of(int descriptor) {
    using namespace std::string_view_literals;
    constexpr std::pair<std::string_view, std::string_view> kinds[] = {{"SQLite format 3\0"sv, "an SQLite database, "},
                                                                       {"PK\3\4"sv, "a zip archive, "},
                                                                       {"\x1F\x8B"sv, "compressed by gzip, "}};
    char start[16];
    for (const auto& [begin, kind] : kinds)
        if (read_at(descriptor, 0, start, sizeof start) && std::string_view(start, sizeof start).starts_with(begin))
            return kind;
    return "";
}

Heads read_heads(const std::filesystem::path& file, int descriptor) {
    Heads heads;
    const auto is_head = [](const char* page) {
        return load_at<Meta>(page + meta_at).magic == meta_magic &&
               (load_at<PageHeader>(page).flags & page_flags::meta) != 0;
    };
    const bool first_there = read_at(descriptor, 0, heads.first, head_bytes);
    auto page_size = first_there ? load_at<Meta>(heads.first + meta_at).free.pad : 0;
    const bool first_is = first_there && is_head(heads.first);
    if (!first_is || page_size < page_size_min || page_size > page_size_max)
        page_size = static_cast<std::uint32_t>(::sysconf(_SC_PAGESIZE));
    const bool second_is = read_at(descriptor, page_size, heads.second, head_bytes) && is_head(heads.second);
    if (!first_is && !second_is)
        throw Error{Code::not_a_database,
                    fmt::format("{} is {}not a Mainstay database", file.string(), kind_of(descriptor))}
            .with_hint("name a file that Mainstay has made; data of other kinds is brought in by `mainstay import`");
    if (!first_is || !second_is) throw_head(file, "one of its two heads is damaged");
    const auto version = load_at<Meta>(heads.first + meta_at).version;
    if (version != meta_version && version == load_at<Meta>(heads.second + meta_at).version)
        throw Error{Code::newer_format,
                    fmt::format("{}: its storage format {} is not known here", file.string(), version)}
            .with_hint("open it with a newer Mainstay");
    return heads;
}

// Whether the list of free pages of a head ends with those that its own transaction gave back, which every one after
// the first does: it has at least replaced the page that names the tables. Tells a number of a transaction that is
// wrong but fits the other head's. True if the list itself cannot be read: that is found where it is used.
bool gave_back_pages(int descriptor, const Meta& head) {
    if (head.txn < 2) return true;
    std::vector<char> page(head.free.pad);
    PageNumber number = head.free.root;
    if (number == no_page) return false;
    for (std::uint16_t level = 1; level <= head.free.depth; ++level) {
        if (!read_at(descriptor, number * page.size(), page.data(), page.size())) return true;
        const auto which = level == head.free.depth ? Level::leaf : Level::branch;
        if (!problem_of_page(page.data(), number, head.free.pad, which, Keys::numbers).empty()) return true;
        const auto last = load_at<PageHeader>(page.data()).lower - sizeof(std::uint16_t);
        const char* const node = page.data() + load_at<std::uint16_t>(page.data() + last);
        if (which == Level::leaf) return load_at<std::uint64_t>(node + sizeof(NodeHeader)) == head.txn;
        number = load_at<NodeHeader>(node).child();
    }
    return false;
}

}  // namespace

Meta check_heads(const std::filesystem::path& file, int descriptor) {
    // A head that is just being written, or a page that is used anew because two transactions have passed, is another
    // one on a second look.
    constexpr int looks_max = 50;
    for (int look = 0;; ++look) {
        const auto heads = read_heads(file, descriptor);
        auto problem = std::string(problem_of_metas(heads.first, heads.second));
        const auto even = load_at<Meta>(heads.first + meta_at), odd = load_at<Meta>(heads.second + meta_at);
        const auto& newest = odd.txn > even.txn ? odd : even;
        // Not of the older one (see problem_of_metas).
        if (problem.empty() && !gave_back_pages(descriptor, newest))
            problem = fmt::format("its head of transaction {} is not what that transaction wrote", newest.txn);
        if (problem.empty() && newest.main.root != no_page) {
            std::vector<char> page(newest.free.pad);
            // A page that is missing is what the caller says of a file that was cut.
            if (!read_at(descriptor, newest.main.root * page.size(), page.data(), page.size())) return newest;
            if (newest.main.depth != 1)
                problem = "its newest head is damaged";
            else if (const auto what =
                         problem_of_page(page.data(), newest.main.root, newest.free.pad, Level::leaf, Keys::bytes);
                     !what.empty())
                problem = fmt::format("page {}, which names its tables: {}", newest.main.root, what);
        }
        if (problem.empty()) return newest;
        if (look == looks_max || heads == read_heads(file, descriptor)) throw_head(file, problem);
    }
}

PageProblems check_pages(int descriptor, const Snapshot& snapshot, std::span<const NamedTable> tables) {
    PageChecker checker(descriptor, snapshot.meta);
    auto& result = checker.result;
    result.damaged.assign(tables.size(), false);
    const bool is_main_sound = checker.tree("(tables)", snapshot.meta.main, Keys::bytes, node_flags::tree);
    if (!is_main_sound) {
        result.damaged.assign(tables.size(), true);
        return std::move(result);
    }
    bool all = checker.free_list();
    if (!checker.all_behind_end_are_free())
        checker.add(fmt::format("the file is cut off: pages from {} on are missing", checker.end()));
    const auto named = static_cast<std::uint64_t>(std::count_if(tables.begin(), tables.end(), [&](const auto& table) {
        return !table.may_be_absent || is_named(snapshot, table);
    }));
    if (snapshot.meta.main.entries != named) {
        checker.add(fmt::format("(tables): {} are named, not {}", snapshot.meta.main.entries, named));
        all = false;
    }
    for (std::size_t i = 0; i < tables.size(); ++i) {
        try {
            (void)named_tree(snapshot, tables[i]);
            result.damaged[i] =
                !checker.tree(tables[i].name, named_record(snapshot, tables[i]), tables[i].keys, node_flags::big);
        } catch (const Error& error) {
            checker.add(error.message());
            result.damaged[i] = true;
        }
        all = all && !result.damaged[i];
    }
    if (all) checker.find_lost_pages();
    return std::move(result);
}

bool lacks_free_pages_only(int descriptor, const Meta& head) {
    PageChecker checker(descriptor, head);
    return checker.free_list() && checker.all_behind_end_are_free();
}

std::string problem_of_free_list(int descriptor, const Snapshot& snapshot) {
    PageChecker checker(descriptor, snapshot.meta);
    return checker.free_list() ? std::string{} : checker.result.problems.front();
}

}  // namespace mainstay::lmdb
