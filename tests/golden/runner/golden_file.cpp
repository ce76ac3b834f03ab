#include "golden/runner/golden_file.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <stdexcept>

namespace mainstay::golden {
namespace {

constexpr std::array<std::string_view, 6> section_names = {"params", "rows", "error", "plan", "notices", "counters"};

std::string_view trimmed(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

void drop_empty_end(std::vector<std::string>& lines) {
    while (!lines.empty() && lines.back().empty()) lines.pop_back();
}

std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

class Reader {
public:
    explicit Reader(const std::filesystem::path& path) { file_.path = path; }

    File read() {
        std::ifstream in(file_.path);
        if (!in) throw std::runtime_error(file_.path.string() + " cannot be read");
        for (std::string line; std::getline(in, line);) {
            ++number_;
            take(strip_end(std::move(line)));
        }
        end_case();
        return std::move(file_);
    }

private:
    [[noreturn]] void fail(const std::string& what) const {
        throw std::runtime_error(file_.path.string() + ":" + std::to_string(number_) + ": " + what);
    }
    static std::string strip_end(std::string line) {
        line.erase(line.find_last_not_of(" \t\r") + 1);
        return line;
    }

    void take(const std::string& line) {
        if (line.starts_with("== "))
            begin_case(line.substr(3));
        else if (line.starts_with("---- "))
            begin_section(line.substr(5));
        else if (file_.cases.empty())
            header(line);
        else
            body_.push_back(line);
    }

    void header(const std::string& line) {
        file_.header.push_back(line);
        const std::string_view text = trimmed(line);
        if (text.empty() || text.starts_with('#')) return;
        const std::size_t space = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, space);
        const std::string value(trimmed(text.substr(space)));
        if (word == "graph")
            file_.graph = value;
        else if (word == "model" && value == "built-in")
            file_.model = value;
        else if (word == "now")
            file_.now = value;
        else
            fail("only `graph NAME`, `model built-in`, `now DATETIME` and # remarks stand before the first case");
    }

    void begin_case(std::string title) {
        end_case();
        file_.cases.push_back({std::move(title), number_, {}, {}});
    }

    void begin_section(std::string_view text) {
        if (file_.cases.empty()) fail("a section before the first `== title`");
        end_part();
        const std::size_t space = std::min(text.find(' '), text.size());
        Section section{std::string(text.substr(0, space)), std::string(trimmed(text.substr(space))), {}};
        if (std::find(section_names.begin(), section_names.end(), section.name) == section_names.end())
            fail("`" + section.name + "` is no section; it is params, rows, error, plan, notices or counters");
        file_.cases.back().sections.push_back(std::move(section));
    }

    void end_part() {
        drop_empty_end(body_);
        Case& current = file_.cases.back();
        if (current.sections.empty()) {
            for (const std::string& line : body_) current.statement += (current.statement.empty() ? "" : "\n") + line;
            if (current.statement.empty()) fail("the case `" + current.title + "` has no statement");
        } else {
            current.sections.back().lines = std::move(body_);
        }
        body_.clear();
    }

    void end_case() {
        if (!file_.cases.empty()) end_part();
    }

    File file_;
    int number_ = 0;
    std::vector<std::string> body_;
};

}  // namespace

const Section* Case::find(std::string_view name) const {
    const auto found = std::find_if(sections.begin(), sections.end(), [&](const Section& s) { return s.name == name; });
    return found == sections.end() ? nullptr : &*found;
}

File read_golden(const std::filesystem::path& path) { return Reader(path).read(); }

void write_golden(const File& file) {
    std::ofstream out(file.path);
    std::vector<std::string> header = file.header;
    drop_empty_end(header);
    for (const std::string& line : header) out << line << '\n';
    bool first = header.empty();
    for (const Case& one : file.cases) {
        out << (first ? "" : "\n") << "== " << one.title << '\n' << one.statement << '\n';
        first = false;
        for (const Section& section : one.sections) {
            out << "---- " << section.name << (section.argument.empty() ? "" : " ") << section.argument << '\n';
            for (const std::string& line : section.lines) out << line << '\n';
        }
    }
    if (!out) throw std::runtime_error(file.path.string() + " cannot be written");
}

std::vector<std::string> cells_of(std::string_view line) {
    std::vector<std::string> cells;
    std::size_t begin = 0;
    char quote = '\0';
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (quote == '\'' && c == '\\')
            ++i;
        else if (quote != '\0')
            quote = c == quote ? '\0' : quote;
        else if (c == '\'' || c == '`')
            quote = c;
        else if (c == '|') {
            cells.emplace_back(trimmed(line.substr(begin, i - begin)));
            begin = i + 1;
        }
    }
    cells.emplace_back(trimmed(line.substr(begin)));
    return cells;
}

std::vector<std::string> table_of(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
    }
    std::vector<std::string> lines;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += (i == 0 ? "" : " | ") + row[i];
            if (i + 1 < row.size()) line.append(widths[i] - width_of(row[i]), ' ');
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

}  // namespace mainstay::golden
