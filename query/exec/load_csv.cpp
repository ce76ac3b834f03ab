#include "exec/eval.hpp"
#include "exec/operators.hpp"
#include "load/csv_records.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mainstay::exec {
namespace {

// The records of a file as rows, read as they are asked for.
class LoadCsv final : public RowExpander {
public:
    LoadCsv(const plan::Node& node, StatementContext& context, OperatorPtr child, const bound::LoadCsv& load)
        : RowExpander(node, context, std::move(child), {load.row, load.line, load.file}),
          load_(load),
          wants_row_(is_live(load.row)),
          wants_line_(is_live(load.line)),
          wants_file_(is_live(load.file)) {}

protected:
    void start_row(const Batch& in, std::uint32_t row) override {
        const Value url = evaluate(*load_.url, Row{in, row}, context_);
        if (!url.is(ValueType::string))
            throw Error{Code::type_error, load_.url->span,
                        fmt::format("LOAD CSV needs the name of a file, a String, not {}", name_of(url.type()))};
        at_place([&] {
            static const LoadFolders none{{}};
            records_.emplace((load_.folders ? *load_.folders : none).open(url.as_string()),
                             std::string{url.as_string()}, load_.delimiter);
            path_ = Value{records_->path()};
            names_.clear();
            is_first_seen_ = false;
            if (load_.with_headers) read_header();
        });
    }

    std::uint32_t extend(const Batch&, std::uint32_t, Batch& out, std::uint32_t room, bool& done) override {
        std::uint32_t added = 0;
        at_place([&] {
            for (; added < room && !done; ++added) {
                if (!records_ || !records_->next()) {
                    done = true;
                    break;
                }
                if (!is_first_seen_) look_at_first();
                Value value = load_.with_headers ? map_of_record() : list_of_record();
                if (wants_row_) out[load_.row].push(std::move(value));
                if (wants_line_) out[load_.line].push_integer(static_cast<std::int64_t>(records_->line()));
                if (wants_file_) out[load_.file].push(path_);
                context_.work(32);
            }
        });
        if (done) records_.reset();
        return added;
    }

private:
    bool is_live(Slot slot) const { return std::binary_search(node_.live.begin(), node_.live.end(), slot); }

    template <typename F>
    void at_place(F&& f) const {
        try {
            f();
        } catch (Error& error) {
            throw std::move(error).with_span(load_.url->span);
        }
    }

    void read_header() {
        if (!records_->next()) {
            context_.add_notice({"empty_file", fmt::format("{} is empty: it has not even a line with column names",
                                                           quoted(records_->path()))});
            records_.reset();
            return;
        }
        look_at_first();
        for (std::size_t i = 0; i < records_->size(); ++i) {
            const std::string name = trimmed(records_->cell(i).text);
            if (!name.empty())
                for (std::size_t j = 0; j < i; ++j)
                    if (names_[j] == name)
                        records_->refuse(records_->line(), fmt::format("columns {} and {} are both named {}", j + 1,
                                                                       i + 1, quoted(name)));
            names_.push_back(name);
        }
    }

    // One cell where others expected several.
    void look_at_first() {
        is_first_seen_ = true;
        if (load_.delimiter || records_->size() != 1 || records_->cell(0).is_quoted) return;
        for (const char c : {';', '\t', '|'})
            if (records_->cell(0).text.find(c) != std::string::npos)
                return context_.add_notice(
                    {"one_cell", fmt::format("the first line of {} is one cell that holds {}: if that is between its "
                                             "cells, add FIELDTERMINATOR '{}'",
                                             quoted(records_->path()), c == '\t' ? "a tab" : quoted(std::string(1, c)),
                                             c == '\t' ? "\\t" : std::string(1, c))});
    }

    static std::string trimmed(const std::string& text) {
        const std::size_t begin = text.find_first_not_of(" \t");
        return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
    }

    static Value value_of(const CsvRecords::Cell& cell) {
        return cell.text.empty() && !cell.is_quoted ? Value{} : Value{cell.text};
    }

    Value list_of_record() const {
        if (!wants_row_) return {};
        ValueList items;
        items.reserve(records_->size());
        for (std::size_t i = 0; i < records_->size(); ++i) items.push_back(value_of(records_->cell(i)));
        return Value::list(std::move(items));
    }

    // Cells that are missing are null; one too many belongs to no name, unless nothing is in it.
    Value map_of_record() {
        for (std::size_t i = names_.size(); i < records_->size(); ++i)
            if (!records_->cell(i).text.empty())
                records_->refuse(
                    records_->line(),
                    fmt::format(
                        "{} cells where the header has {}. A cell that holds {} or a line end stands in quotes",
                        records_->size(), names_.size(),
                        records_->delimiter() == '\t' ? "a tab" : quoted(std::string(1, records_->delimiter()))));
        if (!wants_row_) return {};
        ValueMapEntries entries;
        entries.reserve(names_.size());
        for (std::size_t i = 0; i < names_.size(); ++i) {
            Value value = i < records_->size() ? value_of(records_->cell(i)) : Value{};
            if (!names_[i].empty())
                entries.emplace_back(names_[i], std::move(value));
            else if (!value.is_null())
                context_.add_notice({"unnamed_column", fmt::format("column {} of {} has no name and is left out", i + 1,
                                                                   quoted(records_->path()))});
        }
        return Value::map(std::move(entries));
    }

    const bound::LoadCsv& load_;
    const bool wants_row_, wants_line_, wants_file_;
    std::optional<CsvRecords> records_;
    Value path_;
    std::vector<std::string> names_;  // of the columns; "": none
    bool is_first_seen_ = false;
};

}  // namespace

OperatorPtr make_load_csv(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<LoadCsv>(n, c, std::move(child), *std::get<plan::LoadCsv>(n.op).load);
}

}  // namespace mainstay::exec
